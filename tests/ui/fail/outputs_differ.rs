//! Without `type Output`, all implementations return the same type.

#[feats::feature]
trait Label {
    #[default]
    fn short() -> &'static str {
        "a"
    }
    fn long() -> String {
        "abc".to_owned()
    }
}

fn main() {
    let _: &str = Label::create();
}
