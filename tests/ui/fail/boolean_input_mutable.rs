//! The rules for inputs of a boolean are those of a feature.

#[feats::boolean]
fn ImageProcessing(count: &mut u32) -> bool {
    *count == 1
}

fn main() {
    let _ = ImageProcessing::is_enabled(&mut 1);
}
