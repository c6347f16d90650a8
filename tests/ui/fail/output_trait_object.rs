//! An implementation cannot return a trait object.

#[feats::feature]
trait Label {
    #[default]
    fn short() -> dyn Fn(u32) -> u32 {
        |number| number
    }
}

fn main() {}
