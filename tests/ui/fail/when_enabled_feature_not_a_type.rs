//! A constant with the name of a flag.

const FLAG: &str = "FLAG";

#[feats::when_enabled(FLAG)]
fn fancy() {}

fn main() {
    fancy();
}
