//! A segment's function needs a return type.

struct User;

#[feats::segment]
trait Country {
    fn user(_user: &User) {}
}

fn main() {}
