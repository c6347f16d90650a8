//! Counters: sums, their end, and many of them at once.

use std::time::Duration;

use super::Case;
use super::material::{Place, Verdict, case, ensure};
use super::records::keeps_records;

pub(super) const CASES: &[Case] = &[
    case!(counting, "counters add, also below zero, and saturate"),
    case!(expiry_of_counters, "counters end with the time that the last addition gave them, and then count from 0"),
    case!(
        counters_at_once,
        "the counters of several keys are answered in the order of the keys, or some names of them"
    ),
];

async fn counting(place: Place) -> Verdict {
    let store = place.open();
    if !keeps_records(&*store).await {
        return Ok(());
    }
    ensure!(store.counts("kind", "key").await?.is_empty(), "a new place has counters");
    store.add_counts("kind", "key", &[], None).await?;
    let steps: &[&[(&str, i64)]] = &[
        &[("b", 2), ("a", 1), ("zero", 0)],
        &[("b", 40), ("a", -5), ("top", i64::MAX), ("bottom", i64::MIN)],
        &[("top", 1), ("bottom", -1), ("b", 1), ("b", -1), ("both", i64::MIN)],
        &[("top", i64::MAX), ("bottom", i64::MIN), ("both", i64::MAX)],
    ];
    for step in steps {
        store.add_counts("kind", "key", &deltas(step), None).await?;
    }
    let expected = [("a", -4), ("b", 42), ("both", -1), ("bottom", i64::MIN), ("top", i64::MAX), ("zero", 0)];
    let there = place.open().counts("kind", "key").await?;
    let counts = there.iter().map(|(name, n)| (name.as_str(), *n));
    ensure!(counts.eq(expected), "the counters were {there:?}");
    for (kind, key) in [("kind", "other"), ("other", "key")] {
        let other = store.counts(kind, key).await?;
        ensure!(other.is_empty(), "{kind:?} and {key:?} have the counters {other:?}");
    }
    Ok(())
}

async fn expiry_of_counters(place: Place) -> Verdict {
    let store = place.open();
    if !keeps_records(&*store).await {
        return Ok(());
    }
    let (short, long) = (Some(Duration::from_secs(1)), Some(Duration::from_secs(3600)));
    let keys = ["ever", "extended", "far", "kept", "limited", "short"].map(str::to_owned);
    for (key, first, second) in [
        ("ever", None, None),
        ("extended", short, long),
        ("far", short, Some(Duration::MAX)),
        ("kept", short, None),
        ("limited", None, short),
        ("short", short, short),
    ] {
        store.add_counts("kind", key, &deltas(&[("n", 1), ("first", 1)]), first).await?;
        store.add_counts("kind", key, &deltas(&[("n", 1)]), second).await?;
    }
    store.add_counts("other", "short", &deltas(&[("n", 7)]), None).await?;
    let both = deltas(&[("first", 1), ("n", 2)]);
    let there = store.counts_all("kind", &keys, None).await?;
    ensure!(there.iter().all(|counts| *counts == both), "before any time had passed: {there:?}");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for store in [&store, &place.open()] {
        for (key, at_once) in keys.iter().zip(store.counts_all("kind", &keys, None).await?) {
            let expected = if matches!(key.as_str(), "limited" | "short") { &[][..] } else { &both };
            let there = store.counts("kind", key).await?;
            ensure!(there == expected && at_once == expected, "after a second {key:?} had {there:?} and {at_once:?}");
        }
    }
    store.add_counts("kind", "short", &deltas(&[("n", 5)]), long).await?;
    let there = store.counts("kind", "short").await?;
    ensure!(there == deltas(&[("n", 5)]), "counted anew, what had ended was {there:?}");
    let other = store.counts("other", "short").await?;
    ensure!(other == deltas(&[("n", 7)]), "with a key of another kind ended {other:?}");
    Ok(())
}

async fn counters_at_once(place: Place) -> Verdict {
    const MANY: i64 = 1_200;
    let store = place.open();
    if !keeps_records(&*store).await {
        return Ok(());
    }
    ensure!(store.counts_all("kind", &[], None).await?.is_empty(), "no key had counters");
    store.add_counts("kind", "b", &deltas(&[("y", 2), ("x", 1), ("zero", 0)]), None).await?;
    store.add_counts("kind", "a", &deltas(&[("x", 3)]), None).await?;
    store.add_counts("other", "a", &deltas(&[("x", 9)]), None).await?;
    // One of them has no counters, one stands there twice, and their order is not that of their names.
    let keys = ["b", "none", "a", "b"].map(str::to_owned);
    let (b, a) = (deltas(&[("x", 1), ("y", 2), ("zero", 0)]), deltas(&[("x", 3)]));
    let there = place.open().counts_all("kind", &keys, None).await?;
    ensure!(there == [b.clone(), Vec::new(), a.clone(), b], "of {keys:?} the counters were {there:?}");
    let names = ["y", "x", "w", "y"].map(str::to_owned);
    let there = store.counts_all("kind", &keys, Some(&names)).await?;
    let b = deltas(&[("x", 1), ("y", 2)]);
    ensure!(there == [b.clone(), Vec::new(), a, b], "of {names:?} at {keys:?} the counters were {there:?}");
    let there = store.counts_all("kind", &keys, Some(&[])).await?;
    ensure!(there == [const { Vec::new() }; 4], "of no name the counters were {there:?}");

    let many: Vec<String> = (0..MANY).map(|n| format!("key {n}")).collect();
    for n in (0..MANY).step_by(97) {
        store.add_counts("kind", &format!("key {n}"), &deltas(&[("n", n)]), None).await?;
    }
    for names in [None, Some(&["n".to_owned()][..])] {
        let there = store.counts_all("kind", &many, names).await?;
        let expected = (0..MANY).map(|n| if n % 97 == 0 { deltas(&[("n", n)]) } else { Vec::new() });
        ensure!(there.iter().cloned().eq(expected), "of {MANY} keys the counters were {there:?}");
    }
    Ok(())
}

fn deltas(deltas: &[(&str, i64)]) -> Vec<(String, i64)> {
    deltas.iter().map(|(name, delta)| ((*name).to_owned(), *delta)).collect()
}
