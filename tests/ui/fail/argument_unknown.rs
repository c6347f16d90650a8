//! An unknown argument that is similar to a known one.

#[feats::feature(ownr = "payments")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
