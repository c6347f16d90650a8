//! A future would run after the closure, without the choice of the test.

use feats::testing::with;

#[feats::boolean]
fn Search() -> bool {
    false
}

async fn search() -> bool {
    Search::is_enabled_async().await
}

async fn by_a_call() {
    with(Search::Enabled, || search());
}

async fn by_a_block() {
    with(Search::Enabled, || async { search().await }).await;
}

async fn by_an_async_closure() {
    with(Search::Enabled, async || search().await).await;
}

async fn by_a_box() {
    with(Search::Enabled, || Box::pin(search())).await;
}

fn main() {
    let _ = (by_a_call(), by_a_block(), by_an_async_closure(), by_a_box());
}
