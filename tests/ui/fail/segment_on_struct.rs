//! A segment is written as a trait.

#[feats::segment]
struct Country(String);

fn main() {
    let _ = Country(String::new()).0;
}
