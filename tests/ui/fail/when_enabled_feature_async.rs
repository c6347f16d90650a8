//! An asynchronous feature and a function that cannot wait for it.

#[feats::boolean]
async fn Fancy() -> bool {
    true
}

#[feats::when_enabled(Fancy)]
fn fancy() {}

fn main() {}
