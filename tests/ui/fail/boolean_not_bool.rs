//! A boolean returns `bool`.

#[feats::boolean]
fn ImageProcessing() -> u32 {
    1
}

fn main() {
    let _: bool = ImageProcessing::is_enabled();
}
