//! A segment of integers has no text operators.

#[feats::segment]
trait UserId {
    fn id(id: &u64) -> u64 {
        *id
    }
}

fn main() {
    let _ = UserId::starts_with("4");
}
