//! A condition of a trait.

#[feats::when_enabled("FANCY")]
trait Upload {
    fn upload(&self) {}
}

impl Upload for u8 {}

fn main() {
    1_u8.upload();
}
