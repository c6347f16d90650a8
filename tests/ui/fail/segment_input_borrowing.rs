//! The rules for inputs of a segment are those of a feature.

struct User;

#[feats::segment]
trait Country {
    fn user(_user: &mut User) -> &str {
        "CA"
    }
    fn names(_names: &[String]) -> &str {
        "CA"
    }
}

fn main() {}
