//! Two conditions.

#[feats::boolean]
fn Fancy() -> bool {
    true
}

#[feats::when_enabled(Fancy, "FANCY")]
fn fancy() {}

fn main() {
    fancy();
}
