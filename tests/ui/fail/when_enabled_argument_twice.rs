//! An argument twice.

fn plain() -> u32 {
    1
}

#[feats::when_enabled("FANCY", otherwise = plain, otherwise = plain)]
fn fancy() -> u32 {
    2
}

fn main() {
    let _: u32 = fancy();
}
