//! A boolean is a plain function.

#[feats::boolean]
const unsafe extern "C" fn ImageProcessing() -> bool {
    true
}

fn main() {}
