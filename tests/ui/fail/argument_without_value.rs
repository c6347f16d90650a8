//! An owner needs a value.

#[feats::feature(owner, kind)]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
