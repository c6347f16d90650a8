//! A type that does not convert into the output is reported where it is written.

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
