//! The function that replaces another is called with the same arguments.

fn plain(id: u64) -> u64 {
    id
}

#[feats::when_enabled("FANCY", otherwise = plain(id))]
fn fancy(id: u64) -> u64 {
    id + 1
}

fn main() {
    let _: u64 = fancy(1);
}
