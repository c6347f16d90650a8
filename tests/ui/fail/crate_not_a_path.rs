//! The path of feats is a path, or a string that contains one.

#[feats::feature(crate = 1)]
trait Number {
    #[default]
    fn one() -> u32 {
        1
    }
}

#[feats::segment(crate = "not a path")]
trait Text {
    fn id(id: &u64) -> u64 {
        *id
    }
}

#[feats::boolean(crate)]
fn Nothing() -> bool {
    true
}

fn main() {}
