//! A function without a body.

trait Upload {
    #[feats::when_enabled("FANCY")]
    fn upload(&self);
}

struct Uploader;

impl Upload for Uploader {
    fn upload(&self) -> Option<()> {
        None
    }
}

fn main() {
    Uploader.upload();
}
