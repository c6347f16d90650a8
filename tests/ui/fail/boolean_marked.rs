//! The implementations of a boolean cannot be marked.

#[feats::boolean]
#[default]
#[name = "images"]
fn ImageProcessing() -> bool {
    true
}

fn main() {}
