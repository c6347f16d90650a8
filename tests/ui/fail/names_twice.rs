//! Two implementations cannot have the same name.

#[feats::feature]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
    #[name = "one"]
    fn two() -> u32 {
        2
    }
}

fn main() {}
