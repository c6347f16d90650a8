//! Attributes without a condition.

fn plain() -> u32 {
    1
}

#[feats::when_enabled]
fn fancy() {}

#[feats::when_enabled(otherwise = plain)]
fn fancier() -> u32 {
    2
}

fn main() {
    let _: Option<()> = fancy();
    let _: u32 = fancier();
}
