//! Two functions have two names.

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
