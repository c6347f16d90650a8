//! Each type has one function.

struct User;

#[feats::segment]
trait Country {
    fn user(_user: &User) -> &str {
        "CA"
    }
    fn buyer(_buyer: &User) -> &str {
        "CA"
    }
}

fn main() {}
