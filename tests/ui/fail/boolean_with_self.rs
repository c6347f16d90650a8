//! A boolean has no `self`.

#[feats::boolean]
fn ImageProcessing(self) -> bool {
    true
}

fn main() {}
