//! The marks apply only to features.

struct User;

#[feats::segment]
trait Country {
    #[default]
    #[name = "user"]
    fn user(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
