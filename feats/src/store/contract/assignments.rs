//! Cases about assignments: the first writer wins, for single units, batches and concurrent writers.

use std::collections::BTreeSet;

use super::cancellation::{MAX_POLLS, cancel_after};
use super::case::{Case, case};
use super::contention::run_writers;
use super::fixture::{CheckResult, Finding, TestPlace, ensure};
use super::names::{SEPARATORS, odd_names};
use super::scans::{Pages, ensure_position_is_checked, is_unsupported};
use crate::store::{Assignment, AssignmentOutcome, Assignments, Store};

pub(super) const CASES: &[Case] = &[
    case!(assign, "the first assignment of a unit wins, and later ones return it"),
    case!(assign_many, "a batch returns the outcomes in the order of its units, as if assigned one by one"),
    case!(names_of_assignments, "names of experiments and units are any text, and different text is a different name"),
    case!(contended_assignments, "eight writers that assign the same units get the same winners"),
    case!(
        scan_of_assignments,
        "a scan that is supported lists every assignment that exists throughout, also while others are added, in pages"
    ),
    case!(cancelled_assignments, "a cancelled assignment does not change the first one"),
];

fn assignments(store: &dyn Store) -> CheckResult<&dyn Assignments> {
    store.assignments().ok_or_else(|| Finding("this handle has no assignments".to_owned()))
}

async fn assign(place: TestPlace) -> CheckResult {
    let (store, other) = (place.open(), place.open());
    let (store, other) = (assignments(&*store)?, assignments(&*other)?);
    ensure!(store.assigned("experiment", "unit").await?.is_none(), "a unit of a new place is assigned");
    for (store, choice) in [(store, "first"), (other, "second"), (store, "third")] {
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

async fn assign_many(place: TestPlace) -> CheckResult {
    let (store, other) = (place.open(), place.open());
    let (store, other) = (assignments(&*store)?, assignments(&*other)?);
    ensure!(store.assign_many("experiment", &[]).await?.is_empty(), "an empty batch returned an outcome");
    store.assign("experiment", "b", "before").await?;
    // One of them is assigned already, one is listed twice, and they are not sorted by name.
    let units = [("c", "first"), ("b", "second"), ("", "third"), ("c", "fourth"), ("a", "fifth")];
    let winners = ["first", "before", "third", "first", "fifth"];
    for (store, firsts) in [(store, [true, false, true, false, true]), (other, [false; 5])] {
        let outcomes = store.assign_many("experiment", &units.map(|(unit, choice)| pair(unit, choice))).await?;
        let expected: Vec<_> = winners.into_iter().zip(firsts).map(|(choice, first)| outcome(choice, first)).collect();
        ensure!(outcomes == expected, "for {units:?} the outcomes are {outcomes:?}, not {expected:?}");
    }
    let elsewhere = store.assign_many("other", &[pair("b", "own")]).await?;
    ensure!(elsewhere == [outcome("own", true)], "in another experiment the outcome is {elsewhere:?}");

    let many: Vec<_> = (0..2_000).map(|n| pair(&format!("unit {n}"), &format!("choice {}", n % 7))).collect();
    let outcomes = store.assign_many("experiment", &many).await?;
    let expected: Vec<_> = many.iter().map(|(_, choice)| outcome(choice, true)).collect();
    ensure!(outcomes == expected, "some of 2000 new units have another choice, or were assigned before");
    for (unit, choice) in many.iter().step_by(499) {
        let assigned = other.assigned("experiment", unit).await?;
        ensure!(assigned.as_ref() == Some(choice), "{unit:?} is assigned to {assigned:?}");
    }
    Ok(())
}

async fn names_of_assignments(place: TestPlace) -> CheckResult {
    let store = place.open();
    let assignments = assignments(&*store)?;
    let names = odd_names();
    for name in names.iter().map(String::as_str) {
        assignments.assign("experiment", name, name).await?;
        assignments.assign(name, "unit", name).await?;
    }
    for name in names.iter().map(String::as_str) {
        for (experiment, unit) in [("experiment", name), (name, "unit")] {
            let choice = assignments.assigned(experiment, unit).await?;
            ensure!(choice.as_deref() == Some(name), "unit {unit:?} of {experiment:?} is assigned to {choice:?}");
        }
    }
    for separator in SEPARATORS {
        let pairs = [(format!("a{separator}b"), "c".to_owned()), ("a".to_owned(), format!("b{separator}c"))];
        for (n, (experiment, unit)) in (1..).zip(&pairs) {
            assignments.assign(experiment, unit, &n.to_string()).await?;
        }
        for (n, (experiment, unit)) in (1..).zip(&pairs) {
            let choice = assignments.assigned(experiment, unit).await?;
            let own = Some(n.to_string());
            ensure!(choice == own, "of {pairs:?}, {unit:?} of {experiment:?} was assigned {choice:?}");
        }
    }
    Ok(())
}

async fn scan_of_assignments(place: TestPlace) -> CheckResult {
    let (store, other) = (place.open(), place.open());
    let (store, other) = (assignments(&*store)?, assignments(&*other)?);
    if is_unsupported(&store.scan(None, 7).await) {
        return Ok(());
    }
    let mut expected = BTreeSet::new();
    for name in odd_names() {
        let many: Vec<_> = (0..2).map(|n| pair(&format!("{name}{n}"), &name)).collect();
        store.assign_many(&name, &many).await?;
        expected.extend(many.into_iter().map(|(unit, choice)| (name.clone(), unit, choice)));
    }
    for limit in [1_000, 7] {
        let mut pages = Pages::new();
        while pages.add(store.scan(pages.after(), limit).await)? {
            // Others write after the first pages only, so that the scan ends.
            if pages.count <= 20 {
                other.assign("later", &format!("{limit}/{}", pages.count), "own").await?;
            }
        }
        let found =
            pages.into_entries().into_iter().map(|Assignment { experiment, unit, choice }| (experiment, unit, choice));
        let found: BTreeSet<_> = found.filter(|(experiment, ..)| experiment != "later").collect();
        let difference: Vec<_> = found.symmetric_difference(&expected).collect();
        ensure!(difference.is_empty(), "in pages of {limit} the scan lacks, or invents, {difference:?}");
    }
    ensure_position_is_checked(store.scan(Some("\u{1}"), 7).await)
}

async fn contended_assignments(place: TestPlace) -> CheckResult {
    const UNITS: usize = 12;
    let reported = run_writers(&place, |store, writer| async move {
        let mut winners = Vec::new();
        for unit in 0..UNITS {
            let choice = format!("choice{writer}");
            winners.push(assignments(&*store)?.assign("experiment", &format!("unit{unit}"), &choice).await?);
        }
        Ok(winners)
    })
    .await?;
    let (store, mut assigned) = (place.open(), Vec::new());
    for unit in 0..UNITS {
        assigned.extend(assignments(&*store)?.assigned("experiment", &format!("unit{unit}")).await?);
    }
    for winners in reported {
        ensure!(winners == assigned, "a writer got the winners {winners:?}, but {assigned:?} are assigned");
    }
    Ok(())
}

async fn cancelled_assignments(place: TestPlace) -> CheckResult {
    let store = place.open();
    let assignments = assignments(&*store)?;
    for polls in 1..=MAX_POLLS {
        let unit = format!("unit{polls}");
        cancel_after(assignments.assign("experiment", &unit, "first"), polls).await;
        // The cancelled call may still complete, but not after a winner was returned.
        let before = assignments.assigned("experiment", &unit).await?;
        let winner = assignments.assign("experiment", &unit, "second").await?;
        let after = assignments.assigned("experiment", &unit).await?;
        ensure!(before.as_ref().is_none_or(|before| *before == winner), "{before:?} was assigned, but {winner:?} won");
        ensure!(after.as_ref() == Some(&winner), "{winner:?} had won, but {after:?} was assigned");
    }
    Ok(())
}

fn outcome(choice: &str, first: bool) -> AssignmentOutcome {
    AssignmentOutcome { choice: choice.to_owned(), first }
}

fn pair(unit: &str, choice: &str) -> (String, String) {
    (unit.to_owned(), choice.to_owned())
}
