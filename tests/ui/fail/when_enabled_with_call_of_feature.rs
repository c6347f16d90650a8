//! The function of a feature in place of the feature.

#[feats::boolean]
fn Fancy(id: &u64) -> bool {
    *id == 1
}

#[feats::when_enabled(Fancy::is_enabled(&id))]
fn fancy(id: u64) -> u64 {
    id
}

fn main() {
    fancy(1);
}
