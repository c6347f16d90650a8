//! The function that replaces an async one is async.

fn plain(name: &str) -> usize {
    name.len()
}

#[feats::when_enabled("FANCY", otherwise = plain)]
async fn fancy(name: &str) -> usize {
    name.len() + 1
}

fn main() {
    let _ = fancy("");
}
