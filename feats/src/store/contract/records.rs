//! Records and assignments; or that there are none.

use std::time::Duration;

use super::Case;
use super::material::{Place, Verdict, case, ensure};
use crate::error::{ErrorKind, Result};
use crate::store::{Assigned, Record, Store};

pub(super) const CASES: &[Case] = &[
    case!(all_or_none, "a store has records, counters and assignments, or says Unsupported to all of them"),
    case!(put_and_list, "records are kept verbatim, replaced by key, and listed in order of their keys"),
    case!(expiry, "a record ends with its time, and without one does not"),
    case!(assignments, "the first assignment of a unit stands, and is the answer to all later ones"),
    case!(assignments_at_once, "units that are assigned at once are answered in their order, as if one by one"),
];

/// Whether the store keeps records.
pub(super) async fn keeps_records(store: &dyn Store) -> bool {
    !unsupported(&store.list("probe").await)
}

fn unsupported<T>(answer: &Result<T>) -> bool {
    answer.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported)
}

async fn all_or_none(place: Place) -> Verdict {
    let store = place.open();
    let (one, unit) = ([("n".to_owned(), 1)], [named("unit", "choice")]);
    let answers = [
        ("put", unsupported(&store.put("kind", "key", b"", None).await)),
        ("list", unsupported(&store.list("kind").await)),
        ("add_counts", unsupported(&store.add_counts("kind", "key", &one, None).await)),
        ("counts", unsupported(&store.counts("kind", "key").await)),
        ("counts_all", unsupported(&store.counts_all("kind", &["key".to_owned()], None).await)),
        ("counts_all of no key", unsupported(&store.counts_all("kind", &[], None).await)),
        ("assign", unsupported(&store.assign("experiment", "unit", "choice").await)),
        ("assign_all", unsupported(&store.assign_all("experiment", &unit).await)),
        ("assigned", unsupported(&store.assigned("experiment", "unit").await)),
    ];
    let refused: Vec<&str> = answers.iter().filter(|(_, refused)| *refused).map(|(method, _)| *method).collect();
    ensure!(refused.is_empty() || refused.len() == answers.len(), "of all methods only {refused:?} are unsupported");
    Ok(())
}

async fn put_and_list(place: Place) -> Verdict {
    let store = place.open();
    if !keeps_records(&*store).await {
        return Ok(());
    }
    ensure!(store.list("kind").await?.is_empty(), "a new place has records");
    let every_byte: Vec<u8> = (0..=u8::MAX).collect();
    let large = vec![b'x'; 1 << 20];
    for (key, bytes) in [("b", b"old".as_slice()), ("c", &every_byte), ("a", &large), ("B", b""), ("b", b"new")] {
        store.put("kind", key, bytes, None).await?;
    }
    store.put("other", "b", b"other", None).await?;
    for store in [store, place.open()] {
        let there = store.list("kind").await?;
        let expected = [record("B", b""), record("a", &large), record("b", b"new"), record("c", &every_byte)];
        ensure!(there == expected, "the records were {there:?}");
        let other = store.list("other").await?;
        ensure!(other == [record("b", b"other")], "of another kind there was {other:?}");
    }
    Ok(())
}

async fn expiry(place: Place) -> Verdict {
    let store = place.open();
    if !keeps_records(&*store).await {
        return Ok(());
    }
    let (short, long) = (Duration::from_secs(1), Duration::from_secs(3600));
    for (key, ttl) in [("at once", Some(Duration::ZERO)), ("ever", None), ("far", Some(Duration::MAX))] {
        store.put("kind", key, b"1", ttl).await?;
    }
    for (key, first, second) in [
        ("extended", Some(short), Some(long)),
        ("kept", Some(short), None),
        ("limited", None, Some(short)),
        ("short", Some(short), Some(short)),
    ] {
        store.put("kind", key, b"1", first).await?;
        store.put("kind", key, b"2", second).await?;
    }
    let there = keys(&*store).await?;
    ensure!(there == ["ever", "extended", "far", "kept", "limited", "short"], "before any time had passed: {there:?}");
    tokio::time::sleep(short + Duration::from_millis(100)).await;
    for store in [store, place.open()] {
        let there = keys(&*store).await?;
        ensure!(there == ["ever", "extended", "far", "kept"], "after a second: {there:?}");
        store.put("kind", "another", b"", Some(Duration::ZERO)).await?;
    }
    Ok(())
}

async fn assignments(place: Place) -> Verdict {
    let (store, other) = (place.open(), place.open());
    if !keeps_records(&*store).await {
        return Ok(());
    }
    ensure!(store.assigned("experiment", "unit").await?.is_none(), "a unit was assigned in a new place");
    for (store, choice) in [(&store, "first"), (&other, "second"), (&store, "third")] {
        let winner = store.assign("experiment", "unit", choice).await?;
        ensure!(winner == "first", "{winner:?} won against the first choice");
        let assigned = other.assigned("experiment", "unit").await?;
        ensure!(assigned.as_deref() == Some("first"), "{assigned:?} was assigned");
    }
    for (experiment, unit) in [("experiment", ""), ("experiment", "other"), ("other", "unit")] {
        let assigned = store.assigned(experiment, unit).await?;
        ensure!(assigned.is_none(), "{assigned:?} was assigned to unit {unit:?} of {experiment:?}");
        let winner = store.assign(experiment, unit, "own").await?;
        ensure!(winner == "own", "{winner:?} won for unit {unit:?} of {experiment:?}");
    }
    Ok(())
}

async fn assignments_at_once(place: Place) -> Verdict {
    let (store, other) = (place.open(), place.open());
    if !keeps_records(&*store).await {
        return Ok(());
    }
    ensure!(store.assign_all("experiment", &[]).await?.is_empty(), "no unit was assigned to something");
    store.assign("experiment", "b", "before").await?;
    // One of them is assigned already, one stands there twice, and their order is not that of their names.
    let units = [("c", "first"), ("b", "second"), ("", "third"), ("c", "fourth"), ("a", "fifth")];
    let winners = ["first", "before", "third", "first", "fifth"];
    for (store, firsts) in [(&store, [true, false, true, false, true]), (&other, [false; 5])] {
        let answers = store.assign_all("experiment", &units.map(|(unit, choice)| named(unit, choice))).await?;
        let expected: Vec<_> = winners.into_iter().zip(firsts).map(|(choice, first)| assigned(choice, first)).collect();
        ensure!(answers == expected, "for {units:?} the answers were {answers:?}, not {expected:?}");
    }
    let elsewhere = store.assign_all("other", &[named("b", "own")]).await?;
    ensure!(elsewhere == [assigned("own", true)], "in another experiment the answer was {elsewhere:?}");

    let many: Vec<_> = (0..2_000).map(|n| named(&format!("unit {n}"), &format!("choice {}", n % 7))).collect();
    let answers = store.assign_all("experiment", &many).await?;
    let expected: Vec<_> = many.iter().map(|(_, choice)| assigned(choice, true)).collect();
    ensure!(answers == expected, "of 2000 new units some were assigned otherwise, or not for the first time");
    for (unit, choice) in many.iter().step_by(499) {
        let stands = other.assigned("experiment", unit).await?;
        ensure!(stands.as_ref() == Some(choice), "{unit:?} was assigned to {stands:?}");
    }
    Ok(())
}

fn assigned(choice: &str, first: bool) -> Assigned {
    Assigned { choice: choice.to_owned(), first }
}

fn named(unit: &str, choice: &str) -> (String, String) {
    (unit.to_owned(), choice.to_owned())
}

async fn keys(store: &dyn Store) -> Verdict<Vec<String>> {
    Ok(store.list("kind").await?.into_iter().map(|record| record.key).collect())
}

fn record(key: &str, bytes: &[u8]) -> Record {
    Record { key: key.to_owned(), bytes: bytes.to_vec() }
}
