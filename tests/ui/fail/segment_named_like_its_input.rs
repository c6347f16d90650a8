//! A parameter cannot have the name of the segment.

#[feats::segment]
trait user {
    fn id(user: &u64) -> u64 {
        *user
    }
}

fn main() {}
