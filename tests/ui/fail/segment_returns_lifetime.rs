//! What is returned borrows from the one input.

struct User;

#[feats::segment]
trait Country {
    fn user(user: &User) -> &'a str {
        "CA"
    }
}

fn main() {}
