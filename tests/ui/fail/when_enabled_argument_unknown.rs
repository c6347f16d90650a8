//! A misspelled argument.

fn plain() -> u32 {
    1
}

#[feats::when_enabled("FANCY", otherwse = plain)]
fn fancy() -> u32 {
    2
}

fn main() {
    fancy();
}
