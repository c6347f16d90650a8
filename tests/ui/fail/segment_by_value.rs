//! What is taken by value can be copied.

struct User;

#[feats::segment]
trait Country {
    fn user(_user: User) -> u64 {
        1
    }
}

fn main() {}
