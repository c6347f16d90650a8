//! Appending: compare-and-append, conflicts, tombstones, bytes.

use serde_json::json;

use super::case::{Case, case};
use super::material::{
    TestPlace, Verdict, append, ensure, expected, follow, loaded, newest, publish, publish_many, revision, state,
    whole_history,
};
use crate::error::ErrorKind;
use crate::model::{Entry, Hash};
use crate::store::{AppendOutcome, Page, RevisionStamp, Store};

const FEATURE: &str = "Feature";

pub(super) const CASES: &[Case] = &[
    case!(appended, "what is appended is there, for every handle"),
    case!(conflicts, "a write that saw another newest revision is a conflict that carries the current one"),
    case!(lost_reply, "a write whose reply was lost is recognised by the id in the conflict"),
    case!(holes, "a version that does not follow the expected one is Invalid, and nothing is written"),
    case!(tombstones, "a removal is a revision like any other, and numbering goes on after it"),
    case!(verbatim, "bytes go in and out as they are"),
    case!(large_states, "states of 1 MiB are kept"),
    case!(hash_chain, "the hash of every revision covers all before it"),
];

async fn appended(place: TestPlace) -> Verdict {
    let store = place.open();
    ensure!(loaded(&*store).await?.is_empty(), "a new place was not empty");
    let first = publish(&*store, FEATURE, &state(1)).await?;
    let second = publish(&*store, FEATURE, &state(2)).await?;
    let other = publish(&*store, "Other", &state(3)).await?;
    for handle in [store, place.open()] {
        let there = loaded(&*handle).await?;
        ensure!(there == [second.clone(), other.clone()], "{there:?} was loaded");
        let history = whole_history(&*handle, FEATURE).await?;
        ensure!(history == [first.clone(), second.clone()], "the history was {history:?}");
    }
    Ok(())
}

async fn conflicts(place: TestPlace) -> Verdict {
    let store = place.open();
    let history = publish_many(&*store, FEATURE, 2).await?;
    let [first, second] = history.as_slice() else { return Ok(()) };

    let late = revision(FEATURE, Some(first), Some(&state(3)))?;
    refused(&*store, RevisionStamp::after(first), &late, Some(second)).await?;

    let other = revision(FEATURE, Some(second), Some(&state(4)))?;
    let other_hash = RevisionStamp { hash: Hash([7; 32]), ..RevisionStamp::after(second) };
    refused(&*store, other_hash, &other, Some(second)).await?;

    let again = revision(FEATURE, None, Some(&state(5)))?;
    refused(&*store, RevisionStamp::default(), &again, Some(second)).await?;

    let ahead = revision(FEATURE, Some(&other), Some(&state(6)))?;
    refused(&*store, RevisionStamp::after(&other), &ahead, Some(second)).await?;

    let elsewhere = revision("Other", Some(second), Some(&state(7)))?;
    refused(&*store, RevisionStamp::after(second), &elsewhere, None).await?;

    let there = whole_history(&*store, FEATURE).await?;
    ensure!(there == history, "after conflicts only, the history was {there:?}");
    let versions = store.versions().await?;
    ensure!(versions == [(FEATURE.to_owned(), 2)], "after conflicts only, the versions were {versions:?}");
    Ok(())
}

/// Whether a write is refused with the current revision.
async fn refused(store: &dyn Store, expected: RevisionStamp, entry: &Entry, current: Option<&Entry>) -> Verdict {
    let appended = store.append(expected, entry).await?;
    ensure!(
        appended == AppendOutcome::Conflict(current.cloned()),
        "a write that expected version {} of {:?} met {appended:?}",
        expected.version,
        entry.feature
    );
    Ok(())
}

async fn lost_reply(place: TestPlace) -> Verdict {
    let store = place.open();
    let first = publish(&*store, FEATURE, &state(1)).await?;
    let mine = revision(FEATURE, Some(&first), Some(&state(2)))?;
    append(&*store, Some(&first), &mine).await?;
    refused(&*place.open(), RevisionStamp::after(&first), &mine, Some(&mine)).await
}

async fn holes(place: TestPlace) -> Verdict {
    let store = place.open();
    let first = publish(&*store, FEATURE, &state(1)).await?;
    let second = revision(FEATURE, Some(&first), Some(&state(2)))?;
    let cases = [(Some(&first), 0), (Some(&first), 1), (Some(&first), 3), (None, 0), (None, 2), (None, u64::MAX)];
    for (current, version) in cases {
        let entry = Entry { version, ..second.clone() };
        let expected = expected(current);
        let kind = match store.append(expected, &entry).await {
            Ok(appended) => format!("{appended:?}"),
            Err(error) if error.kind() == ErrorKind::Invalid => continue,
            Err(error) => format!("{error:?}"),
        };
        ensure!(false, "version {version} after version {} met {kind}", expected.version);
    }
    let last = RevisionStamp { version: u64::MAX, hash: Hash::default() };
    let beyond = store.append(last, &Entry { version: 0, ..second }).await;
    ensure!(beyond.is_err(), "version 0 after the last of all numbers met {beyond:?}");
    let there = whole_history(&*store, FEATURE).await?;
    ensure!(there == [first], "afterwards the history was {there:?}");
    Ok(())
}

async fn tombstones(place: TestPlace) -> Verdict {
    let store = place.open();
    let first = publish(&*store, FEATURE, &state(1)).await?;
    let cursor = store.load().await?.cursor;
    let tombstone = revision(FEATURE, Some(&first), None)?;
    append(&*store, Some(&first), &tombstone).await?;
    let there = loaded(&*store).await?;
    ensure!(there == [tombstone.clone()], "after a removal, {there:?} was loaded");
    let versions = store.versions().await?;
    ensure!(versions == [(FEATURE.to_owned(), 2)], "after a removal, the versions were {versions:?}");
    let (seen, _) = follow(&*store, &cursor, |seen| !seen.is_empty()).await?;
    ensure!(seen == [tombstone.clone()], "a watcher saw {seen:?} for a removal");

    let anew = revision(FEATURE, None, Some(&state(2)))?;
    refused(&*store, RevisionStamp::default(), &anew, Some(&tombstone)).await?;
    let third = publish(&*store, FEATURE, &state(3)).await?;
    let history = whole_history(&*store, FEATURE).await?;
    ensure!(history == [first, tombstone, third], "the history was {history:?}");
    Ok(())
}

async fn verbatim(place: TestPlace) -> Verdict {
    let store = place.open();
    // What a parser would not give back: order, spacing, repeated names, escapes, forms of numbers.
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
        let there = newest(&*store, FEATURE).await?;
        ensure!(there.as_ref() == Some(&entry), "{:?} came back as {there:?}", String::from_utf8_lossy(&entry.bytes));
        let load = loaded(&*place.open()).await?;
        ensure!(load == [entry.clone()], "{:?} was loaded as {load:?}", String::from_utf8_lossy(&entry.bytes));
        current = Some(entry);
    }
    Ok(())
}

async fn large_states(place: TestPlace) -> Verdict {
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

async fn hash_chain(place: TestPlace) -> Verdict {
    let store = place.open();
    let written = publish_many(&*store, FEATURE, 20).await?;
    let read = whole_history(&*place.open(), FEATURE).await?;
    ensure!(read == written, "the history was {read:?}");
    Ok(())
}
