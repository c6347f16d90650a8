//! The part about assignments: the first writer wins, one by one, many at once, and of eight writers.

use super::abandoned::{DEPTH, abandon};
use super::case::{Case, case};
use super::contention::all;
use super::material::{Breach, TestPlace, Verdict, ensure};
use super::names::{JOINTS, odd_names};
use crate::store::{AssignmentOutcome, Assignments, Store};

pub(super) const CASES: &[Case] = &[
    case!(assigning, "the first assignment of a unit stands, and is the answer to all later ones"),
    case!(assignments_at_once, "units that are assigned at once are answered in their order, as if one by one"),
    case!(names_of_assignments, "experiments and units are any text, and different text is another one"),
    case!(contended_assignments, "eight writers who assign the same units are told the same winners"),
    case!(abandoned_assignments, "an assignment may be dropped half-way, and the first one stands all the same"),
];

fn assignments(store: &dyn Store) -> Verdict<&dyn Assignments> {
    store.assignments().ok_or_else(|| Breach("this handle hands out no assignments".to_owned()))
}

async fn assigning(place: TestPlace) -> Verdict {
    let (store, other) = (place.open(), place.open());
    let (store, other) = (assignments(&*store)?, assignments(&*other)?);
    ensure!(store.assigned("experiment", "unit").await?.is_none(), "a unit was assigned in a new place");
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

async fn assignments_at_once(place: TestPlace) -> Verdict {
    let (store, other) = (place.open(), place.open());
    let (store, other) = (assignments(&*store)?, assignments(&*other)?);
    ensure!(store.assign_many("experiment", &[]).await?.is_empty(), "no unit was assigned to something");
    store.assign("experiment", "b", "before").await?;
    // One of them is assigned already, one stands there twice, and their order is not that of their names.
    let units = [("c", "first"), ("b", "second"), ("", "third"), ("c", "fourth"), ("a", "fifth")];
    let winners = ["first", "before", "third", "first", "fifth"];
    for (store, firsts) in [(store, [true, false, true, false, true]), (other, [false; 5])] {
        let answers = store.assign_many("experiment", &units.map(|(unit, choice)| named(unit, choice))).await?;
        let expected: Vec<_> = winners.into_iter().zip(firsts).map(|(choice, first)| outcome(choice, first)).collect();
        ensure!(answers == expected, "for {units:?} the answers were {answers:?}, not {expected:?}");
    }
    let elsewhere = store.assign_many("other", &[named("b", "own")]).await?;
    ensure!(elsewhere == [outcome("own", true)], "in another experiment the answer was {elsewhere:?}");

    let many: Vec<_> = (0..2_000).map(|n| named(&format!("unit {n}"), &format!("choice {}", n % 7))).collect();
    let answers = store.assign_many("experiment", &many).await?;
    let expected: Vec<_> = many.iter().map(|(_, choice)| outcome(choice, true)).collect();
    ensure!(answers == expected, "of 2000 new units some were assigned otherwise, or not for the first time");
    for (unit, choice) in many.iter().step_by(499) {
        let stands = other.assigned("experiment", unit).await?;
        ensure!(stands.as_ref() == Some(choice), "{unit:?} was assigned to {stands:?}");
    }
    Ok(())
}

async fn names_of_assignments(place: TestPlace) -> Verdict {
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
    for joint in JOINTS {
        let pairs = [(format!("a{joint}b"), "c".to_owned()), ("a".to_owned(), format!("b{joint}c"))];
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

async fn contended_assignments(place: TestPlace) -> Verdict {
    const UNITS: usize = 12;
    let told = all(&place, |store, writer| async move {
        let mut winners = Vec::new();
        for unit in 0..UNITS {
            let choice = format!("choice{writer}");
            winners.push(assignments(&*store)?.assign("experiment", &format!("unit{unit}"), &choice).await?);
        }
        Ok(winners)
    })
    .await?;
    let (store, mut stands) = (place.open(), Vec::new());
    for unit in 0..UNITS {
        stands.extend(assignments(&*store)?.assigned("experiment", &format!("unit{unit}")).await?);
    }
    for winners in told {
        ensure!(winners == stands, "a writer was told {winners:?}; assigned is {stands:?}");
    }
    Ok(())
}

async fn abandoned_assignments(place: TestPlace) -> Verdict {
    let store = place.open();
    let assignments = assignments(&*store)?;
    for polls in 1..=DEPTH {
        let unit = format!("unit{polls}");
        abandon(assignments.assign("experiment", &unit, "first"), polls).await;
        // What was dropped may still be done, but only before it is known who won.
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

fn named(unit: &str, choice: &str) -> (String, String) {
    (unit.to_owned(), choice.to_owned())
}
