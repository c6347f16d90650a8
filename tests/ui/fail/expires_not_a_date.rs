//! `expires` is a date.

#[feats::feature(expires = "next year")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
