//! Attributes with a feature.

#[feats::boolean]
fn Fancy(id: &u64) -> bool {
    *id == 1
}

#[feats::when_enabled(Fancy, attributes = feats::attributes! { "id" => id })]
fn fancy(id: u64) -> u64 {
    id
}

fn main() {
    fancy(1);
}
