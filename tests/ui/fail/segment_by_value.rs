//! An input by value must be `Copy`.

struct User;

#[feats::segment]
trait Country {
    fn user(_user: User) -> u64 {
        1
    }
}

fn main() {}
