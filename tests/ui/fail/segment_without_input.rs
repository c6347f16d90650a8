//! A value is taken from an input.

#[feats::segment]
trait Country {
    fn user() -> &'static str {
        "CA"
    }
}

fn main() {}
