//! A trait object is declared as the output.

#[feats::feature]
trait Label {
    #[default]
    fn short() -> dyn Fn(u32) -> u32 {
        |number| number
    }
}

fn main() {}
