//! A parameter that exists only under a condition.

fn plain(_id: u64) {}

#[feats::when_enabled("FANCY", otherwise = plain)]
fn fancy(#[cfg(unix)] _id: u64, #[cfg(not(unix))] _id: u64) {}

fn main() {
    fancy(1);
}
