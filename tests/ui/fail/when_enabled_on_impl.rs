//! A condition of all methods.

struct Uploader;

#[feats::when_enabled("FANCY")]
impl Uploader {
    fn upload(&self) {}
}

fn main() {
    Uploader.upload();
}
