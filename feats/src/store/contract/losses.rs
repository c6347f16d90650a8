//! Losses of single revisions: what a store promises once some are gone. How they get lost, only its tests know.

use super::material::{Breach, Verdict, append, ensure, loaded, publish_many, revision, state};
use crate::model::Entry;
use crate::store::{Page, Store};

const FEATURE: &str = "Feature";

/// Holds a store to what it promises about histories of which it has lost revisions: they stay visible as missing, and all that
/// is left goes on working.
///
/// `open` gives handles on one store, empty at first. `lose` is called with a feature and a version, and removes that
/// revision wherever the store has it.
///
/// # Panics
/// The store breaks a promise.
#[expect(clippy::panic, reason = "this is how a test fails")]
pub async fn run_losses<S: Store>(open: impl Fn() -> S, lose: impl AsyncFn(&str, u64)) {
    if let Err(Breach(found)) = check(open, lose).await {
        panic!("a store that has lost revisions says which — but {found}");
    }
}

async fn check<S: Store>(open: impl Fn() -> S, lose: impl AsyncFn(&str, u64)) -> Verdict {
    let store = open();
    let written = publish_many(&store, FEATURE, 5).await?;
    let others = publish_many(&store, "Other", 2).await?;
    ensure!(named(&store).await?.is_empty(), "it warned of a history that was whole");

    lose(FEATURE, 3).await;
    lose(FEATURE, 1).await;
    for store in [&store, &open()] {
        let pages = [(None, usize::MAX, 1..=5), (Some(4), 2, 2..=3), (Some(2), 10, 1..=1), (None, 1, 5..=5)];
        for (before, limit, versions) in pages {
            let expected: Vec<Entry> = versions.rev().map(|version| in_place(&written, version, &[1, 3])).collect();
            let given = store.history(FEATURE, Page { before, limit }).await?;
            ensure!(given == expected, "{limit} revisions before {before:?} were {given:?}");
        }
        ensure!(loaded(store).await? == newest(&written, &others), "the newest revisions were not loaded");
        ensure!(named(store).await? == [FEATURE], "it did not warn of the one feature");
    }

    // Without its newest revision, a feature goes on from what is left.
    lose(FEATURE, 5).await;
    for store in [&store, &open()] {
        let given = store.history(FEATURE, Page { before: None, limit: 2 }).await?;
        let expected = [Entry::missing(FEATURE, 5), in_place(&written, 4, &[])];
        ensure!(given == expected, "without the newest one the history was {given:?}");
        let left = written.get(..4).unwrap_or_default();
        ensure!(loaded(store).await? == newest(left, &others), "what is left was not loaded");
    }
    let next = revision(FEATURE, written.get(3), Some(&state(7)))?;
    append(&store, written.get(3), &next).await?;
    let given = store.history(FEATURE, Page { before: None, limit: 3 }).await?;
    let expected = [next, in_place(&written, 4, &[]), Entry::missing(FEATURE, 3)];
    ensure!(given == expected, "after the next append the history was {given:?}");

    for version in 1..=5 {
        lose(FEATURE, version).await;
    }
    let given = open().history(FEATURE, Page::default()).await?;
    ensure!(given.len() == 5 && given.iter().all(Entry::is_missing), "without any revision the history was {given:?}");
    ensure!(loaded(&store).await? == newest(&[], &others), "the other feature was not loaded alone");
    ensure!(named(&store).await? == [FEATURE], "it did not warn of a feature that lost everything");
    let first = revision(FEATURE, None, Some(&state(8)))?;
    append(&store, None, &first).await
}

/// The revision of a version, or what is in its place where it is lost.
fn in_place(written: &[Entry], version: u64, lost: &[u64]) -> Entry {
    let kept = written.iter().find(|entry| entry.version == version && !lost.contains(&version));
    kept.cloned().unwrap_or_else(|| Entry::missing(FEATURE, version))
}

fn newest(feature: &[Entry], other: &[Entry]) -> Vec<Entry> {
    feature.last().into_iter().chain(other.last()).cloned().collect()
}

/// Which of the two features a check warns of.
async fn named(store: &impl Store) -> Verdict<Vec<&'static str>> {
    let warnings = store.check().await?.join("\n");
    Ok([FEATURE, "Other"].into_iter().filter(|feature| warnings.contains(&format!("{feature:?}"))).collect())
}
