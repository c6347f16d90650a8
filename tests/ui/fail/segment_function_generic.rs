//! A segment's function is not generic.

struct User;

#[feats::segment]
trait Country {
    fn user<T: Copy>(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
