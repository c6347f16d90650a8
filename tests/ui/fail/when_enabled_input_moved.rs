//! A condition that takes what the body needs.

#[feats::boolean]
fn Fancy(name: String) -> bool {
    name.is_empty()
}

#[feats::when_enabled(Fancy(name))]
fn fancy(name: String) -> String {
    name
}

fn main() {}
