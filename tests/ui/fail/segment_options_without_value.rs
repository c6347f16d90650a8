//! Options need a value.

struct User;

#[feats::segment]
trait Country {
    const OPTIONS: &[&str];
    fn user(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
