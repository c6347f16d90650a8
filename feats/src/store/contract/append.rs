//! Cases about appending: compare-and-append, conflicts, tombstones, bytes.

use serde_json::json;

use super::case::{Case, case};
use super::fixture::{
    CheckResult, TestPlace, append, ensure, expected, follow, loaded, newest, publish, publish_many, revision, state,
    whole_history,
};
use crate::error::ErrorKind;
use crate::model::{Entry, Hash};
use crate::store::{AppendOutcome, Page, RevisionStamp, Store};

const FEATURE: &str = "Feature";

pub(super) const CASES: &[Case] = &[
    case!(appended, "an appended revision is visible to every handle"),
    case!(conflicts, "an append that expects another newest revision is a conflict that carries the current one"),
    case!(lost_reply, "an append whose reply was lost can be recognized by the id in the conflict"),
    case!(holes, "an append whose version does not follow the expected one is Invalid, and writes nothing"),
    case!(tombstones, "a removal is a revision like any other, and versions continue after it"),
    case!(verbatim, "bytes are returned verbatim"),
    case!(large_states, "states of 1 MiB are supported"),
    case!(hash_chain, "the hash of every revision covers all revisions before it"),
];

async fn appended(place: TestPlace) -> CheckResult {
    let store = place.open();
    ensure!(loaded(&*store).await?.is_empty(), "a new place is not empty");
    let first = publish(&*store, FEATURE, &state(1)).await?;
    let second = publish(&*store, FEATURE, &state(2)).await?;
    let other = publish(&*store, "Other", &state(3)).await?;
    for handle in [store, place.open()] {
        let actual = loaded(&*handle).await?;
        ensure!(actual == [second.clone(), other.clone()], "`load` returned {actual:?}");
        let history = whole_history(&*handle, FEATURE).await?;
        ensure!(history == [first.clone(), second.clone()], "the history is {history:?}");
    }
    Ok(())
}

async fn conflicts(place: TestPlace) -> CheckResult {
    let store = place.open();
    let history = publish_many(&*store, FEATURE, 2).await?;
    let [first, second] = history.as_slice() else { return Ok(()) };

    let late = revision(FEATURE, Some(first), Some(&state(3)))?;
    expect_conflict(&*store, RevisionStamp::after(first), &late, Some(second)).await?;

    let other = revision(FEATURE, Some(second), Some(&state(4)))?;
    let other_hash = RevisionStamp { hash: Hash([7; 32]), ..RevisionStamp::after(second) };
    expect_conflict(&*store, other_hash, &other, Some(second)).await?;

    let again = revision(FEATURE, None, Some(&state(5)))?;
    expect_conflict(&*store, RevisionStamp::default(), &again, Some(second)).await?;

    let ahead = revision(FEATURE, Some(&other), Some(&state(6)))?;
    expect_conflict(&*store, RevisionStamp::after(&other), &ahead, Some(second)).await?;

    let elsewhere = revision("Other", Some(second), Some(&state(7)))?;
    expect_conflict(&*store, RevisionStamp::after(second), &elsewhere, None).await?;

    let actual = whole_history(&*store, FEATURE).await?;
    ensure!(actual == history, "after conflicts only, the history is {actual:?}");
    let versions = store.versions().await?;
    ensure!(versions == [(FEATURE.to_owned(), 2)], "after conflicts only, the versions are {versions:?}");
    Ok(())
}

/// Checks that an append is a conflict that carries the current revision.
async fn expect_conflict(
    store: &dyn Store,
    expected: RevisionStamp,
    entry: &Entry,
    current: Option<&Entry>,
) -> CheckResult {
    let appended = store.append(expected, entry).await?;
    ensure!(
        appended == AppendOutcome::Conflict(current.cloned()),
        "an append that expected version {} of {:?} returned {appended:?}",
        expected.version,
        entry.feature
    );
    Ok(())
}

async fn lost_reply(place: TestPlace) -> CheckResult {
    let store = place.open();
    let first = publish(&*store, FEATURE, &state(1)).await?;
    let mine = revision(FEATURE, Some(&first), Some(&state(2)))?;
    append(&*store, Some(&first), &mine).await?;
    expect_conflict(&*place.open(), RevisionStamp::after(&first), &mine, Some(&mine)).await
}

async fn holes(place: TestPlace) -> CheckResult {
    let store = place.open();
    let first = publish(&*store, FEATURE, &state(1)).await?;
    let second = revision(FEATURE, Some(&first), Some(&state(2)))?;
    let cases = [(Some(&first), 0), (Some(&first), 1), (Some(&first), 3), (None, 0), (None, 2), (None, u64::MAX)];
    for (current, version) in cases {
        let entry = Entry { version, ..second.clone() };
        let expected = expected(current);
        let outcome = match store.append(expected, &entry).await {
            Ok(appended) => format!("{appended:?}"),
            Err(error) if error.kind() == ErrorKind::Invalid => continue,
            Err(error) => format!("{error:?}"),
        };
        ensure!(false, "an append of version {version} after version {} returned {outcome}", expected.version);
    }
    let last = RevisionStamp { version: u64::MAX, hash: Hash::default() };
    let beyond = store.append(last, &Entry { version: 0, ..second }).await;
    ensure!(beyond.is_err(), "an append of version 0 after the greatest number returned {beyond:?}");
    let actual = whole_history(&*store, FEATURE).await?;
    ensure!(actual == [first], "afterwards the history is {actual:?}");
    Ok(())
}

async fn tombstones(place: TestPlace) -> CheckResult {
    let store = place.open();
    let first = publish(&*store, FEATURE, &state(1)).await?;
    let cursor = store.load().await?.cursor;
    let tombstone = revision(FEATURE, Some(&first), None)?;
    append(&*store, Some(&first), &tombstone).await?;
    let actual = loaded(&*store).await?;
    ensure!(actual == [tombstone.clone()], "after a removal, `load` returned {actual:?}");
    let versions = store.versions().await?;
    ensure!(versions == [(FEATURE.to_owned(), 2)], "after a removal, the versions are {versions:?}");
    let (seen, _) = follow(&*store, &cursor, |seen| !seen.is_empty()).await?;
    ensure!(seen == [tombstone.clone()], "a watcher saw {seen:?} for a removal");

    let as_first = revision(FEATURE, None, Some(&state(2)))?;
    expect_conflict(&*store, RevisionStamp::default(), &as_first, Some(&tombstone)).await?;
    let third = publish(&*store, FEATURE, &state(3)).await?;
    let history = whole_history(&*store, FEATURE).await?;
    ensure!(history == [first, tombstone, third], "the history is {history:?}");
    Ok(())
}

async fn verbatim(place: TestPlace) -> CheckResult {
    let store = place.open();
    // Texts that a parser would not reproduce: order, spacing, repeated names, escapes, forms of numbers.
    let texts = [
        "{\"z\": 1,\n\t\"a\":2 , \"a\" : 3}\r\n",
        r#"{"number":[1.0,1e2,1E+2,-0,0.10000000000000000555,123456789012345678901234567890]}"#,
        r#"{"text":"\u00e9 é e\u0301 \/ \ud83e\udd80 🦀"}"#,
        "  null  ",
    ];
    let mut current: Option<Entry> = None;
    for text in texts {
        let mut entry = revision(FEATURE, current.as_ref(), Some(&json!(null)))?;
        entry.bytes = text.as_bytes().to_vec();
        entry.hash = Hash::chained(&expected(current.as_ref()).hash, &entry.bytes);
        entry.removed = false;
        append(&*store, current.as_ref(), &entry).await?;
        let actual = newest(&*store, FEATURE).await?;
        ensure!(
            actual.as_ref() == Some(&entry),
            "{:?} was returned as {actual:?}",
            String::from_utf8_lossy(&entry.bytes)
        );
        let load = loaded(&*place.open()).await?;
        ensure!(load == [entry.clone()], "{:?} was loaded as {load:?}", String::from_utf8_lossy(&entry.bytes));
        current = Some(entry);
    }
    Ok(())
}

async fn large_states(place: TestPlace) -> CheckResult {
    let store = place.open();
    let cursor = store.load().await?.cursor;
    let large = json!({ "rules": "é".repeat(1 << 19) });
    let first = publish(&*store, FEATURE, &large).await?;
    let second = publish(&*store, FEATURE, &large).await?;
    let (seen, _) = follow(&*store, &cursor, |seen| seen.iter().any(|e| e.version == 2)).await?;
    ensure!(seen.last() == Some(&second), "a watcher saw another state");
    ensure!(loaded(&*place.open()).await? == [second.clone()], "another state was loaded");
    let history = store.history(FEATURE, Page::default()).await?;
    ensure!(history == [second, first], "the history has other states");
    Ok(())
}

async fn hash_chain(place: TestPlace) -> CheckResult {
    let store = place.open();
    let written = publish_many(&*store, FEATURE, 20).await?;
    let read = whole_history(&*place.open(), FEATURE).await?;
    ensure!(read == written, "the history is {read:?}");
    Ok(())
}
