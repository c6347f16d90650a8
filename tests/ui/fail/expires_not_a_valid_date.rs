//! `expires` is a valid date.

#[feats::feature(expires = "2027-02-29")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
