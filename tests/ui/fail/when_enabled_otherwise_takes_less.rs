//! The function that replaces another takes the same inputs.

fn plain() -> u64 {
    1
}

#[feats::when_enabled("FANCY", otherwise = plain)]
fn fancy(id: u64) -> u64 {
    id
}

fn main() {
    fancy(1);
}
