//! A segment cannot have types.

struct User;

#[feats::segment]
trait Country {
    type Output = String;
    fn user(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
