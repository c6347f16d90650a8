//! Attributes without a value.

#[feats::when_enabled("FANCY", attributes)]
fn fancy(id: u64) -> u64 {
    id
}

fn main() {
    fancy(1);
}
