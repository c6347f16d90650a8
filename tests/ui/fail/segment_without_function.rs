//! A segment needs at least one function.

#[feats::segment]
trait Country {
}

fn main() {
    let _ = Country::is("CA");
}
