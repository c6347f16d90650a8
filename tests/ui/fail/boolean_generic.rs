//! A boolean is not generic.

#[feats::boolean]
fn ImageProcessing<T: Into<u32>>(id: T) -> bool {
    id.into() == 1
}

fn main() {}
