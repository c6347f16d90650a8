//! An owner cannot be empty.

#[feats::feature(owner = " ")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
