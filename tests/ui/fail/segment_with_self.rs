//! A segment's function has no `self`.

#[feats::segment]
trait Country {
    fn user(&self) -> &str {
        "CA"
    }
}

fn main() {}
