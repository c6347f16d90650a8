//! A function is a boolean, or an implementation in a trait.

#[feats::feature]
fn image_processing() -> bool {
    true
}

fn main() {
    image_processing();
}
