//! Attributes that are not attributes.

#[feats::when_enabled("FANCY", attributes = id)]
fn fancy(id: u64) -> u64 {
    id
}

fn main() {
    fancy(1);
}
