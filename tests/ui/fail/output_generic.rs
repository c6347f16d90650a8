//! `type Output` cannot be generic.

#[feats::feature]
trait Label {
    type Output<T> = Vec<T>;
    #[default]
    fn short() -> Vec<u32> {
        vec![]
    }
}

fn main() {}
