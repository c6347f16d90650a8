//! An `Option` cannot be passed to other languages.

#[feats::when_enabled("FANCY")]
extern "C" fn size() -> u32 {
    3
}

fn main() {
    let _: Option<u32> = size();
}
