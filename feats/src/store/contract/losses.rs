//! Losses of single revisions. The backend's test causes them.

use super::fixture::{CheckResult, Finding, append, ensure, loaded, publish_many, revision, state};
use crate::model::Entry;
use crate::store::{Page, Store};

const FEATURE: &str = "Feature";

/// Checks a store that has lost single revisions: they stay visible as missing, and the remaining ones still work.
///
/// `open` returns handles on one store, which is empty at first. `lose` is called with a feature and a version, and removes that
/// revision everywhere in the store.
///
/// # Panics
/// Panics if the store violates a guarantee.
#[expect(clippy::panic, reason = "this is how a test fails")]
pub async fn run_losses<S: Store>(open: impl Fn() -> S, lose: impl AsyncFn(&str, u64)) {
    if let Err(Finding(found)) = check(open, lose).await {
        panic!("a store that has lost revisions reports which. Found: {found}");
    }
}

async fn check<S: Store>(open: impl Fn() -> S, lose: impl AsyncFn(&str, u64)) -> CheckResult {
    let store = open();
    let written = publish_many(&store, FEATURE, 5).await?;
    let others = publish_many(&store, "Other", 2).await?;
    ensure!(features_warned_of(&store).await?.is_empty(), "it warned of a complete history");

    lose(FEATURE, 3).await;
    lose(FEATURE, 1).await;
    for store in [&store, &open()] {
        let pages = [(None, usize::MAX, 1..=5), (Some(4), 2, 2..=3), (Some(2), 10, 1..=1), (None, 1, 5..=5)];
        for (before, limit, versions) in pages {
            let expected: Vec<Entry> = versions.rev().map(|version| in_place(&written, version, &[1, 3])).collect();
            let given = store.history(FEATURE, Page { before, limit }).await?;
            ensure!(given == expected, "the page of {limit} revisions before {before:?} is {given:?}");
        }
        ensure!(loaded(store).await? == newest(&written, &others), "`load` did not return the newest revisions");
        ensure!(features_warned_of(store).await? == [FEATURE], "it did not warn of exactly the one feature");
    }

    // A feature that has lost its newest revision continues from the newest one that is left.
    lose(FEATURE, 5).await;
    for store in [&store, &open()] {
        let given = store.history(FEATURE, Page { before: None, limit: 2 }).await?;
        let expected = [Entry::missing(FEATURE, 5), in_place(&written, 4, &[])];
        ensure!(given == expected, "without the newest revision the history is {given:?}");
        let left = written.get(..4).unwrap_or_default();
        ensure!(
            loaded(store).await? == newest(left, &others),
            "`load` did not return the newest revisions that are left"
        );
    }
    let next = revision(FEATURE, written.get(3), Some(&state(7)))?;
    append(&store, written.get(3), &next).await?;
    let given = store.history(FEATURE, Page { before: None, limit: 3 }).await?;
    let expected = [next, in_place(&written, 4, &[]), Entry::missing(FEATURE, 3)];
    ensure!(given == expected, "after the next append the history is {given:?}");

    for version in 1..=5 {
        lose(FEATURE, version).await;
    }
    let given = open().history(FEATURE, Page::default()).await?;
    ensure!(given.len() == 5 && given.iter().all(Entry::is_missing), "without any revision the history is {given:?}");
    ensure!(loaded(&store).await? == newest(&[], &others), "`load` did not return the other feature alone");
    ensure!(features_warned_of(&store).await? == [FEATURE], "it did not warn of a feature that lost all revisions");
    let first = revision(FEATURE, None, Some(&state(8)))?;
    append(&store, None, &first).await
}

/// Returns the revision of a version, or the missing entry in place of a lost one.
fn in_place(written: &[Entry], version: u64, lost: &[u64]) -> Entry {
    let kept = written.iter().find(|entry| entry.version == version && !lost.contains(&version));
    kept.cloned().unwrap_or_else(|| Entry::missing(FEATURE, version))
}

fn newest(feature: &[Entry], other: &[Entry]) -> Vec<Entry> {
    feature.last().into_iter().chain(other.last()).cloned().collect()
}

/// Returns those of the two features that a check warns of.
async fn features_warned_of(store: &impl Store) -> CheckResult<Vec<&'static str>> {
    let warnings = store.check().await?.join("\n");
    Ok([FEATURE, "Other"].into_iter().filter(|feature| warnings.contains(&format!("{feature:?}"))).collect())
}
