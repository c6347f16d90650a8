//! All functions return the same type of value.

struct User;

#[feats::segment]
trait Country {
    fn user(_user: &User) -> &str {
        "CA"
    }
    fn id(id: &u64) -> u64 {
        *id
    }
}

fn main() {}
