//! `client` takes no value.

#[feats::feature(client = true)]
trait Version {
    #[default]
    fn one() -> u32 {
        1
    }
}

fn main() {}
