//! A boolean says that it gives `bool`.

#[feats::boolean]
fn ImageProcessing() {}

fn main() {
    if ImageProcessing::is_enabled() {}
}
