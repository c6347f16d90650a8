//! A segment is a value of its name, and no parameter can have that name.

#[feats::segment]
trait user {
    fn id(user: &u64) -> u64 {
        *user
    }
}

fn main() {}
