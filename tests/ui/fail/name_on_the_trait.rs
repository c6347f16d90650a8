//! The name of the feature is an argument.

#[feats::feature]
#[name = "versions"]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
