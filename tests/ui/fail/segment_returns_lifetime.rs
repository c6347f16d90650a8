//! A return type borrows from the only input.

struct User;

#[feats::segment]
trait Country {
    fn user(user: &User) -> &'a str {
        "CA"
    }
}

fn main() {}
