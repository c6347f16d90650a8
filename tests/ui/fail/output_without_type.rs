//! `type Output` needs a value.

#[feats::feature]
trait Label {
    type Output;
    #[default]
    fn short() -> u32 {
        2
    }
}

fn main() {}
