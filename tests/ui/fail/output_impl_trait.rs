//! Each `impl Trait` is a type of its own.

use std::fmt::Display;

#[feats::feature]
trait Label {
    #[default]
    fn short() -> impl Display {
        "a"
    }
}

fn main() {}
