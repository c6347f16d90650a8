//! `type Output` is a type, not a bound.

use std::fmt::Display;

#[feats::feature]
trait Label {
    type Output: Display;
    #[default]
    fn short() -> u32 {
        2
    }
}

fn main() {}
