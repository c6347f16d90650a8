//! Every `impl Trait` is a different type.

use std::fmt::Display;

#[feats::feature]
trait Label {
    #[default]
    fn short() -> impl Display {
        "a"
    }
}

fn main() {}
