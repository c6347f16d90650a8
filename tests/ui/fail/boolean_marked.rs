//! A boolean has its implementations already.

#[feats::boolean]
#[default]
#[name = "images"]
fn ImageProcessing() -> bool {
    true
}

fn main() {}
