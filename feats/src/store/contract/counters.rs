//! Cases about counters: sums, expiry, batches, names, contention.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cancellation::{MAX_POLLS, cancel_after};
use super::case::{Case, case};
use super::contention::{WRITERS, run_writers};
use super::fixture::{CheckResult, Finding, TestPlace, ensure};
use super::names::{SEPARATORS, odd_names};
use super::scans::{Pages, ensure_position_is_checked, is_unsupported};
use crate::store::{CounterGroup, Counters, Store};

pub(super) const CASES: &[Case] = &[
    case!(counting, "counters add positive and negative numbers, and saturate"),
    case!(expiry_of_counters, "counters expire after the time that the last addition set, and then start at 0"),
    case!(
        read_many,
        "a read of several keys returns their counters, or those with given names, in the order of the keys"
    ),
    case!(
        names_of_counters,
        "kinds, keys and names of counters are any text, and different text is a different counter"
    ),
    case!(
        scan_of_counters,
        "a scan that is supported lists every group of counters that exists throughout, with the time until it expires, in pages"
    ),
    case!(contended_counters, "additions of eight writers to one counter are all counted"),
    case!(cancelled_additions, "a cancelled addition adds to all its counters or to none"),
];

fn counters(store: &dyn Store) -> CheckResult<&dyn Counters> {
    store.counters().ok_or_else(|| Finding("this handle has no counters".to_owned()))
}

async fn counting(place: TestPlace) -> CheckResult {
    let store = place.open();
    let counters = counters(&*store)?;
    ensure!(counters.read("kind", "key").await?.is_empty(), "a new place has counters");
    counters.add("kind", "key", &[], None).await?;
    let steps: &[&[(&str, i64)]] = &[
        &[("b", 2), ("a", 1), ("zero", 0)],
        &[("b", 40), ("a", -5), ("top", i64::MAX), ("bottom", i64::MIN)],
        &[("top", 1), ("bottom", -1), ("b", 1), ("b", -1), ("both", i64::MIN)],
        &[("top", i64::MAX), ("bottom", i64::MIN), ("both", i64::MAX)],
    ];
    for step in steps {
        counters.add("kind", "key", &deltas(step), None).await?;
    }
    let expected = [("a", -4), ("b", 42), ("both", -1), ("bottom", i64::MIN), ("top", i64::MAX), ("zero", 0)];
    let other = place.open();
    let actual = self::counters(&*other)?.read("kind", "key").await?;
    let counts = actual.iter().map(|(name, n)| (name.as_str(), *n));
    ensure!(counts.eq(expected), "the counters are {actual:?}");
    for (kind, key) in [("kind", "other"), ("other", "key")] {
        let other = counters.read(kind, key).await?;
        ensure!(other.is_empty(), "the counters of {kind:?} and {key:?} are {other:?}");
    }
    Ok(())
}

async fn expiry_of_counters(place: TestPlace) -> CheckResult {
    let store = place.open();
    let counters = counters(&*store)?;
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
        counters.add("kind", key, &deltas(&[("n", 1), ("first", 1)]), first).await?;
        counters.add("kind", key, &deltas(&[("n", 1)]), second).await?;
    }
    counters.add("other", "short", &deltas(&[("n", 7)]), None).await?;
    let both = deltas(&[("first", 1), ("n", 2)]);
    let actual = counters.read_many("kind", &keys, None).await?;
    ensure!(actual.iter().all(|counts| *counts == both), "before the expiry the counters are {actual:?}");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let other_handle = place.open();
    for counters in [counters, self::counters(&*other_handle)?] {
        for (key, in_batch) in keys.iter().zip(counters.read_many("kind", &keys, None).await?) {
            let expected = if matches!(key.as_str(), "limited" | "short") { &[][..] } else { &both };
            let actual = counters.read("kind", key).await?;
            ensure!(
                actual == expected && in_batch == expected,
                "after the expiry {key:?} has {actual:?} and {in_batch:?}"
            );
        }
    }
    counters.add("kind", "short", &deltas(&[("n", 5)]), long).await?;
    let actual = counters.read("kind", "short").await?;
    ensure!(actual == deltas(&[("n", 5)]), "after an addition to expired counters, they are {actual:?}");
    let other = counters.read("other", "short").await?;
    ensure!(other == deltas(&[("n", 7)]), "expiry of a key changed the counters of another kind to {other:?}");
    Ok(())
}

async fn read_many(place: TestPlace) -> CheckResult {
    const KEY_COUNT: i64 = 1_200;
    let store = place.open();
    let counters = counters(&*store)?;
    ensure!(counters.read_many("kind", &[], None).await?.is_empty(), "a read without keys returned counters");
    counters.add("kind", "b", &deltas(&[("y", 2), ("x", 1), ("zero", 0)]), None).await?;
    counters.add("kind", "a", &deltas(&[("x", 3)]), None).await?;
    counters.add("other", "a", &deltas(&[("x", 9)]), None).await?;
    // One of them has no counters, one is listed twice, and they are not sorted.
    let keys = ["b", "none", "a", "b"].map(str::to_owned);
    let (b, a) = (deltas(&[("x", 1), ("y", 2), ("zero", 0)]), deltas(&[("x", 3)]));
    let other = place.open();
    let actual = self::counters(&*other)?.read_many("kind", &keys, None).await?;
    ensure!(actual == [b.clone(), Vec::new(), a.clone(), b], "the counters of {keys:?} are {actual:?}");
    let names = ["y", "x", "w", "y"].map(str::to_owned);
    let actual = counters.read_many("kind", &keys, Some(&names)).await?;
    let b = deltas(&[("x", 1), ("y", 2)]);
    ensure!(actual == [b.clone(), Vec::new(), a, b], "the counters {names:?} of {keys:?} are {actual:?}");
    let actual = counters.read_many("kind", &keys, Some(&[])).await?;
    ensure!(actual == [const { Vec::new() }; 4], "a read without names returned {actual:?}");

    let many: Vec<String> = (0..KEY_COUNT).map(|n| format!("key {n}")).collect();
    for n in (0..KEY_COUNT).step_by(97) {
        counters.add("kind", &format!("key {n}"), &deltas(&[("n", n)]), None).await?;
    }
    for names in [None, Some(&["n".to_owned()][..])] {
        let actual = counters.read_many("kind", &many, names).await?;
        let expected = (0..KEY_COUNT).map(|n| if n % 97 == 0 { deltas(&[("n", n)]) } else { Vec::new() });
        ensure!(actual.iter().cloned().eq(expected), "the counters of {KEY_COUNT} keys are {actual:?}");
    }
    Ok(())
}

async fn names_of_counters(place: TestPlace) -> CheckResult {
    let store = place.open();
    let counters = counters(&*store)?;
    let names = odd_names();
    for name in names.iter().map(String::as_str) {
        counters.add("kind", name, &deltas(&[("n", 1)]), None).await?;
        counters.add(name, "key", &deltas(&[("n", 1)]), None).await?;
    }
    let all: Vec<(String, i64)> = names.iter().map(|name| (name.clone(), 1)).collect();
    counters.add("counters", "key", &all, None).await?;
    let actual = counters.read("counters", "key").await?;
    ensure!(actual == all, "the counters are {actual:?}");
    for name in names.iter().map(String::as_str) {
        for (kind, key) in [("kind", name), (name, "key")] {
            let counts = counters.read(kind, key).await?;
            ensure!(counts == deltas(&[("n", 1)]), "the counters of {kind:?} and {key:?} are {counts:?}");
        }
    }
    for separator in SEPARATORS {
        let pairs = [(format!("a{separator}b"), "c".to_owned()), ("a".to_owned(), format!("b{separator}c"))];
        for (n, (kind, key)) in (1..).zip(&pairs) {
            counters.add(kind, key, &deltas(&[("n", n)]), None).await?;
        }
        for (n, (kind, key)) in (1..).zip(&pairs) {
            let counts = counters.read(kind, key).await?;
            ensure!(counts == deltas(&[("n", n)]), "of {pairs:?}, the counters of {kind:?} and {key:?} are {counts:?}");
        }
    }
    Ok(())
}

async fn scan_of_counters(place: TestPlace) -> CheckResult {
    let (store, other) = (place.open(), place.open());
    let (store, other) = (counters(&*store)?, counters(&*other)?);
    if is_unsupported(&store.scan(None, 7).await) {
        return Ok(());
    }
    let mut expected = BTreeMap::new();
    for (n, name) in (1..).zip(odd_names()) {
        store.add(&name, "key", &deltas(&[("n", n), (&name, -n)]), None).await?;
        store.add("kind", &name, &deltas(&[("n", n)]), Some(Duration::from_secs(3_600))).await?;
        let mut both = deltas(&[("n", n), (&name, -n)]);
        both.sort();
        expected.insert((name.clone(), "key".to_owned()), (both, false));
        expected.insert(("kind".to_owned(), name), (deltas(&[("n", n)]), true));
    }
    store.add("kind", "expired", &deltas(&[("n", 1)]), Some(Duration::from_millis(1))).await?;
    tokio::time::sleep(Duration::from_millis(20)).await;
    for limit in [1_000, 7] {
        let mut pages = Pages::new();
        while pages.add(store.scan(pages.after(), limit).await)? {
            // Others write after the first pages only, so that the scan ends.
            if pages.count <= 20 {
                other.add("later", &format!("{limit}/{}", pages.count), &deltas(&[("n", 1)]), None).await?;
            }
        }
        let mut groups = BTreeMap::new();
        for CounterGroup { kind, key, counts, ttl } in
            pages.into_entries().into_iter().filter(|group| group.kind != "later")
        {
            let is_plausible = ttl.is_none_or(|ttl| ttl <= Duration::from_secs(3_601) && !ttl.is_zero());
            ensure!(is_plausible, "the counters of {kind:?} and {key:?} expire in {ttl:?}");
            groups.insert((kind, key), (counts, ttl.is_some()));
        }
        let lacks = expected.iter().find(|(name, group)| groups.get(*name) != Some(group));
        ensure!(lacks.is_none(), "in pages of {limit} the scan lacks {lacks:?}");
        let invents = groups.keys().find(|name| !expected.contains_key(*name));
        ensure!(invents.is_none(), "in pages of {limit} the scan invents {invents:?}");
    }
    ensure_position_is_checked(store.scan(Some("\u{1}"), 7).await)
}

async fn contended_counters(place: TestPlace) -> CheckResult {
    const WRITES_EACH: i64 = 12;
    let name = || "shared".to_owned();
    run_writers(&place, move |store, writer| async move {
        for n in 0..WRITES_EACH {
            counters(&*store)?
                .add("kind", "key", &[(name(), n), (format!("own{writer}"), 1), (name(), 1)], None)
                .await?;
        }
        Ok(())
    })
    .await?;
    let each_sum = WRITES_EACH * (WRITES_EACH + 1) / 2;
    let mut expected: Vec<(String, i64)> = (0..WRITERS).map(|writer| (format!("own{writer}"), WRITES_EACH)).collect();
    expected.push((name(), each_sum * WRITERS as i64));
    let store = place.open();
    let actual = counters(&*store)?.read("kind", "key").await?;
    ensure!(actual == expected, "the counters are {actual:?}");
    Ok(())
}

async fn cancelled_additions(place: TestPlace) -> CheckResult {
    let store = place.open();
    let counters = counters(&*store)?;
    let both = deltas(&[("a", 1), ("b", 1)]);
    for polls in 1..=MAX_POLLS {
        cancel_after(counters.add("kind", "key", &both, None), polls).await;
        counters.add("kind", "key", &both, None).await?;
    }
    let other = place.open();
    let counts = self::counters(&*other)?.read("kind", "key").await?;
    let sums: Vec<i64> = counts.iter().map(|(_, n)| *n).collect();
    ensure!(matches!(sums[..], [a, b] if a == b), "after additions to both counters, they are {counts:?}");
    Ok(())
}

fn deltas(deltas: &[(&str, i64)]) -> Vec<(String, i64)> {
    deltas.iter().map(|(name, delta)| ((*name).to_owned(), *delta)).collect()
}
