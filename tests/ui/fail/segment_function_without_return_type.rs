//! A value has a type.

struct User;

#[feats::segment]
trait Country {
    fn user(_user: &User) {}
}

fn main() {}
