//! A segment is a plain trait.

struct User;

#[feats::segment]
unsafe trait Country<T>: Send {
    fn user(_user: &User) -> &str {
        "CA"
    }
}

fn main() {}
