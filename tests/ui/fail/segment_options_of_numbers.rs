//! Options are text.

#[feats::segment]
trait Country {
    const OPTIONS: &[&str] = &["1"];
    fn id(id: &u64) -> u64 {
        *id
    }
}

fn main() {}
