//! `otherwise` without a function.

#[feats::when_enabled("FANCY", otherwise)]
fn fancy(id: u64) -> u64 {
    id + 1
}

fn main() {
    let _: u64 = fancy(1);
}
