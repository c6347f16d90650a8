//! An unknown argument that is similar to no other.

#[feats::feature(color = "red")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
