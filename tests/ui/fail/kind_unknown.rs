//! There are four kinds.

#[feats::feature(kind = rollout)]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
