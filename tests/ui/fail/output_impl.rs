//! The output is a type, or `dyn` a trait.

use std::fmt::Display;

#[feats::feature]
trait Label {
    type Output = impl Display;
    #[default]
    fn short() -> u32 {
        2
    }
}

fn main() {}
