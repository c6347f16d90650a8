//! Functions that would call themselves.

struct Uploader;

impl Uploader {
    #[feats::when_enabled("FANCY", otherwise = Self::upload)]
    fn upload(&self) {}
}

#[feats::when_enabled("FANCY", otherwise = upload)]
fn upload() {}

fn main() {
    Uploader.upload();
    upload();
}
