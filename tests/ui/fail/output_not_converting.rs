//! What is given converts into the output; reported where its type is written.

#[feats::feature]
trait Label {
    type Output = String;
    #[default]
    fn short() -> &'static str {
        "a"
    }
    fn number() -> u32 {
        1
    }
}

fn main() {}
