//! A function is a boolean, or an implementation within a trait.

#[feats::feature]
fn image_processing() -> bool {
    true
}

fn main() {
    image_processing();
}
