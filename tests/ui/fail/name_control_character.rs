//! A name cannot contain control characters.

#[feats::feature]
trait Version {
    #[default]
    #[name = "one\n"]
    fn one() -> u32 {
        1
    }
}

fn main() {}
