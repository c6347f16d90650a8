//! The part about counters: sums, their end, many of them at once, names, and eight writers.

use std::time::Duration;

use super::abandoned::{DEPTH, abandon};
use super::case::{Case, case};
use super::contention::{WRITERS, all};
use super::material::{Breach, TestPlace, Verdict, ensure};
use super::names::{JOINTS, odd_names};
use crate::store::{Counters, Store};

pub(super) const CASES: &[Case] = &[
    case!(counting, "counters add, also below zero, and saturate"),
    case!(expiry_of_counters, "counters end with the time that the last addition gave them, and then count from 0"),
    case!(
        counters_at_once,
        "the counters of several keys are answered in the order of the keys, or some names of them"
    ),
    case!(names_of_counters, "kinds, keys and names of counters are any text, and different text is another counter"),
    case!(contended_counters, "what eight writers add to one counter is all there"),
    case!(abandoned_additions, "an addition that is dropped half-way adds to all its counters or to none"),
];

fn counters(store: &dyn Store) -> Verdict<&dyn Counters> {
    store.counters().ok_or_else(|| Breach("this handle hands out no counters".to_owned()))
}

async fn counting(place: TestPlace) -> Verdict {
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
    let there = self::counters(&*other)?.read("kind", "key").await?;
    let counts = there.iter().map(|(name, n)| (name.as_str(), *n));
    ensure!(counts.eq(expected), "the counters were {there:?}");
    for (kind, key) in [("kind", "other"), ("other", "key")] {
        let other = counters.read(kind, key).await?;
        ensure!(other.is_empty(), "{kind:?} and {key:?} have the counters {other:?}");
    }
    Ok(())
}

async fn expiry_of_counters(place: TestPlace) -> Verdict {
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
    let there = counters.read_many("kind", &keys, None).await?;
    ensure!(there.iter().all(|counts| *counts == both), "before any time had passed: {there:?}");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let other_handle = place.open();
    for counters in [counters, self::counters(&*other_handle)?] {
        for (key, at_once) in keys.iter().zip(counters.read_many("kind", &keys, None).await?) {
            let expected = if matches!(key.as_str(), "limited" | "short") { &[][..] } else { &both };
            let there = counters.read("kind", key).await?;
            ensure!(there == expected && at_once == expected, "after a second {key:?} had {there:?} and {at_once:?}");
        }
    }
    counters.add("kind", "short", &deltas(&[("n", 5)]), long).await?;
    let there = counters.read("kind", "short").await?;
    ensure!(there == deltas(&[("n", 5)]), "counted anew, what had ended was {there:?}");
    let other = counters.read("other", "short").await?;
    ensure!(other == deltas(&[("n", 7)]), "with a key of another kind ended {other:?}");
    Ok(())
}

async fn counters_at_once(place: TestPlace) -> Verdict {
    const MANY: i64 = 1_200;
    let store = place.open();
    let counters = counters(&*store)?;
    ensure!(counters.read_many("kind", &[], None).await?.is_empty(), "no key had counters");
    counters.add("kind", "b", &deltas(&[("y", 2), ("x", 1), ("zero", 0)]), None).await?;
    counters.add("kind", "a", &deltas(&[("x", 3)]), None).await?;
    counters.add("other", "a", &deltas(&[("x", 9)]), None).await?;
    // One of them has no counters, one stands there twice, and their order is not that of their names.
    let keys = ["b", "none", "a", "b"].map(str::to_owned);
    let (b, a) = (deltas(&[("x", 1), ("y", 2), ("zero", 0)]), deltas(&[("x", 3)]));
    let other = place.open();
    let there = self::counters(&*other)?.read_many("kind", &keys, None).await?;
    ensure!(there == [b.clone(), Vec::new(), a.clone(), b], "of {keys:?} the counters were {there:?}");
    let names = ["y", "x", "w", "y"].map(str::to_owned);
    let there = counters.read_many("kind", &keys, Some(&names)).await?;
    let b = deltas(&[("x", 1), ("y", 2)]);
    ensure!(there == [b.clone(), Vec::new(), a, b], "of {names:?} at {keys:?} the counters were {there:?}");
    let there = counters.read_many("kind", &keys, Some(&[])).await?;
    ensure!(there == [const { Vec::new() }; 4], "of no name the counters were {there:?}");

    let many: Vec<String> = (0..MANY).map(|n| format!("key {n}")).collect();
    for n in (0..MANY).step_by(97) {
        counters.add("kind", &format!("key {n}"), &deltas(&[("n", n)]), None).await?;
    }
    for names in [None, Some(&["n".to_owned()][..])] {
        let there = counters.read_many("kind", &many, names).await?;
        let expected = (0..MANY).map(|n| if n % 97 == 0 { deltas(&[("n", n)]) } else { Vec::new() });
        ensure!(there.iter().cloned().eq(expected), "of {MANY} keys the counters were {there:?}");
    }
    Ok(())
}

async fn names_of_counters(place: TestPlace) -> Verdict {
    let store = place.open();
    let counters = counters(&*store)?;
    let names = odd_names();
    for name in names.iter().map(String::as_str) {
        counters.add("kind", name, &deltas(&[("n", 1)]), None).await?;
        counters.add(name, "key", &deltas(&[("n", 1)]), None).await?;
    }
    let all: Vec<(String, i64)> = names.iter().map(|name| (name.clone(), 1)).collect();
    counters.add("counters", "key", &all, None).await?;
    let there = counters.read("counters", "key").await?;
    ensure!(there == all, "the counters were {there:?}");
    for name in names.iter().map(String::as_str) {
        for (kind, key) in [("kind", name), (name, "key")] {
            let counts = counters.read(kind, key).await?;
            ensure!(counts == deltas(&[("n", 1)]), "the counts of {kind:?} and {key:?} were {counts:?}");
        }
    }
    for joint in JOINTS {
        let pairs = [(format!("a{joint}b"), "c".to_owned()), ("a".to_owned(), format!("b{joint}c"))];
        for (n, (kind, key)) in (1..).zip(&pairs) {
            counters.add(kind, key, &deltas(&[("n", n)]), None).await?;
        }
        for (n, (kind, key)) in (1..).zip(&pairs) {
            let counts = counters.read(kind, key).await?;
            ensure!(counts == deltas(&[("n", n)]), "of {pairs:?}, {kind:?} and {key:?} had the counts {counts:?}");
        }
    }
    Ok(())
}

async fn contended_counters(place: TestPlace) -> Verdict {
    const EACH: i64 = 12;
    let name = || "shared".to_owned();
    all(&place, move |store, writer| async move {
        for n in 0..EACH {
            counters(&*store)?
                .add("kind", "key", &[(name(), n), (format!("own{writer}"), 1), (name(), 1)], None)
                .await?;
        }
        Ok(())
    })
    .await?;
    let each_sum = EACH * (EACH + 1) / 2;
    let mut expected: Vec<(String, i64)> = (0..WRITERS).map(|writer| (format!("own{writer}"), EACH)).collect();
    expected.push((name(), each_sum * WRITERS as i64));
    let store = place.open();
    let there = counters(&*store)?.read("kind", "key").await?;
    ensure!(there == expected, "the counters were {there:?}");
    Ok(())
}

async fn abandoned_additions(place: TestPlace) -> Verdict {
    let store = place.open();
    let counters = counters(&*store)?;
    let both = deltas(&[("a", 1), ("b", 1)]);
    for polls in 1..=DEPTH {
        abandon(counters.add("kind", "key", &both, None), polls).await;
        counters.add("kind", "key", &both, None).await?;
    }
    let other = place.open();
    let counts = self::counters(&*other)?.read("kind", "key").await?;
    let sums: Vec<i64> = counts.iter().map(|(_, n)| *n).collect();
    ensure!(matches!(sums[..], [a, b] if a == b), "of calls that add to both, the counters were {counts:?}");
    Ok(())
}

fn deltas(deltas: &[(&str, i64)]) -> Vec<(String, i64)> {
    deltas.iter().map(|(name, delta)| ((*name).to_owned(), *delta)).collect()
}
