//! An implementation has only one name.

#[feats::feature]
trait Version {
    #[default]
    #[name = "one"]
    #[name = "first"]
    fn one() -> u32 {
        1
    }
}

fn main() {}
