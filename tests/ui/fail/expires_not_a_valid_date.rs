//! `expires` is a day that exists.

#[feats::feature(expires = "2027-02-29")]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
