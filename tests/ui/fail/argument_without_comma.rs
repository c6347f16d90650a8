//! Arguments are separated by commas.

#[feats::feature(owner = "payments" client)]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
