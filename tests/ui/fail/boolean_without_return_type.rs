//! A boolean needs the return type `bool`.

#[feats::boolean]
fn ImageProcessing() {}

fn main() {
    if ImageProcessing::is_enabled() {}
}
