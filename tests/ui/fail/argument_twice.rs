//! Each argument is given once.

#[feats::feature(owner = "payments", owner = "search")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
