//! A feature can have only one output.

#[feats::feature]
trait Label {
    type Output = String;
    type Output = &'static str;
    #[default]
    fn short() -> String {
        String::new()
    }
}

fn main() {}
