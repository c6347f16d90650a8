//! A condition is decided at run time.

#[feats::when_enabled("FANCY")]
const fn size() -> u32 {
    3
}

fn main() {
    let _: Option<u32> = size();
}
