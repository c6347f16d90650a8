//! A parameter with the name of the function that replaces another.

fn plain(id: u64) -> u64 {
    id
}

#[feats::when_enabled("FANCY", otherwise = plain)]
fn fancy(plain: u64) -> u64 {
    plain + 1
}

fn main() {
    fancy(1);
}
