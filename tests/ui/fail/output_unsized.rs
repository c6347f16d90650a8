//! The output cannot be unsized.

#[feats::feature]
trait Label {
    type Output = str;
    #[default]
    fn short() -> String {
        String::new()
    }
}

#[feats::feature]
trait Numbers {
    type Output = [u32];
    #[default]
    fn none() -> Vec<u32> {
        vec![]
    }
}

fn main() {}
