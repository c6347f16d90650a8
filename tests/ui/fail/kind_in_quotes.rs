//! A kind is an identifier.

#[feats::feature(kind = "ops")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
