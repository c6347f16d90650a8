//! A segment's function cannot take `self`.

#[feats::segment]
trait Country {
    fn user(&self) -> &str {
        "CA"
    }
}

fn main() {}
