//! A name cannot be empty.

#[feats::feature(name = "")]
trait Version {
    #[default]
    #[name = ""]
    fn one() -> u32 {
        1
    }
}

fn main() {}
