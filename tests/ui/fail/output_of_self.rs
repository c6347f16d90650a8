//! An implementation returns its own type.

#[feats::feature]
trait Label {
    type Output = String;
    #[default]
    fn short() -> Self::Output {
        String::new()
    }
}

fn main() {}
