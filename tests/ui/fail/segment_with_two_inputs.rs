//! A value is taken from one input.

struct User;

#[feats::segment]
trait Country {
    fn user(_user: &User, _name: &str) -> String {
        String::new()
    }
}

fn main() {}
