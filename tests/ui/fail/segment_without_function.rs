//! A segment has at least one function.

#[feats::segment]
trait Country {
}

fn main() {
    let _ = Country::is("CA");
}
