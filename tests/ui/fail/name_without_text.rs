//! A name is a string.

#[feats::feature]
trait Version {
    #[default]
    #[name]
    fn one() -> u32 {
        1
    }
    #[name("two")]
    fn two() -> u32 {
        2
    }
    #[name = 3]
    fn three() -> u32 {
        3
    }
}

fn main() {}
