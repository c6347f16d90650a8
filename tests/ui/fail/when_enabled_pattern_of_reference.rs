//! A pattern that borrows the parts of a reference.

fn plain(pair: &(u64, u64)) -> u64 {
    pair.0
}

#[feats::when_enabled("FANCY", otherwise = plain)]
fn fancy((a, b): &(u64, u64)) -> u64 {
    a + b
}

fn main() {
    fancy(&(1, 2));
}
