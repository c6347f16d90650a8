//! The function that replaces another takes inputs of the same types.

fn plain(name: &str) -> usize {
    name.len()
}

#[feats::when_enabled("FANCY", otherwise = plain)]
fn fancy(name: String) -> usize {
    name.len() + 1
}

fn main() {
    fancy(String::new());
}
