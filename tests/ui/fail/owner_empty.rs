//! An owner is somebody.

#[feats::feature(owner = " ")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
