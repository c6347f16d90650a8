//! Two functions cannot have the same name.

#[feats::feature]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
    fn one() -> u32 {
        2
    }
}

fn main() {}
