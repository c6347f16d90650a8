//! The function that replaces another returns the same type.

fn plain(name: &str) -> usize {
    name.len()
}

#[feats::when_enabled("FANCY", otherwise = plain)]
fn fancy(name: &str) -> String {
    name.to_owned()
}

fn main() {
    fancy("");
}
