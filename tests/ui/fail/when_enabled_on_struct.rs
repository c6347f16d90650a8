//! A condition of a type.

#[feats::when_enabled("FANCY")]
struct Uploader;

fn main() {
    let _ = Uploader;
}
