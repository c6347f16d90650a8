//! A lazy iterator would run after the closure, without the choice of the test.

#[feats::boolean]
fn Search() -> bool {
    false
}

fn main() {
    let found = feats::testing::with(Search::Enabled, || [1, 2].into_iter().filter(|_| Search::is_enabled()));
    assert_eq!(found.count(), 2);
}
