//! A segment is declared as a trait.

#[feats::segment]
struct Country(String);

fn main() {
    let _ = Country(String::new()).0;
}
