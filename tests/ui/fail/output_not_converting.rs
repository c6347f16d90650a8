//! What is given converts into the output; reported where its type is written.

struct Text(&'static str);

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self(text)
    }
}

#[feats::feature]
trait Label {
    type Output = Text;
    #[default]
    fn short() -> &'static str {
        "a"
    }
    fn number() -> u32 {
        1
    }
}

fn main() {}
