//! A boolean cannot take `self`.

#[feats::boolean]
fn ImageProcessing(self) -> bool {
    true
}

fn main() {}
