//! The owner is a string.

#[feats::feature(owner = payments, name = 3)]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
