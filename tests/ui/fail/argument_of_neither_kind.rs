//! An unknown argument, like none.

#[feats::feature(color = "red")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
