//! Flows: the diagram of an impact adds up, slot by slot, and shows the moves of the impact.

use feats::Preview;
use std::collections::BTreeMap;

use feats::bucketing::allocation;
use feats::impact::{Effect, Flow, flows};
use feats::model::{Condition, Experiment, Operator, Percent, Ramp, RampFrom, Rollout, Selector, StatePart};
use feats::{Impact, State, Timestamp, Value};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::desk::{Desk, by_user, moves_of_rule, target};
use super::generators::{name, shares, weights};
use super::world::{cases, wait};

/// Generates selectors for everyone, each with the minutes until it is published.
fn selectors() -> impl Strategy<Value = Vec<(Selector, u64)>> {
    let from = option::of(shares().prop_map(|shares| RampFrom::Weights(weights(&shares))));
    let ramp = from.prop_map(|from| Ramp { from, ..Ramp::new("", "3h") });
    let rollout = (shares(), option::of(ramp)).prop_map(|(shares, ramp)| Rollout { ramp, ..by_user(&shares) });
    let selector = prop_oneof![
        5 => rollout.prop_map(Selector::from),
        1 => name().prop_map(Selector::Static),
        1 => shares().prop_map(|shares| Experiment::from(by_user(&shares)).into()),
    ];
    vec((selector, 0..120_u64), 1..6)
}

fn slots(percent: f64) -> u32 {
    Percent(percent).slots().unwrap()
}

/// Checks that the slots before and after add up to all slots, and that moves account for the difference.
fn add_up(flow: &Flow) {
    let own = |shares: &[(String, f64)]| shares.iter().map(|(name, share)| (name.clone(), slots(*share))).collect();
    let (before, after): (BTreeMap<_, _>, BTreeMap<_, _>) = (own(&flow.before), own(&flow.after));
    for side in [&before, &after] {
        assert_eq!(side.values().sum::<u32>(), 1_000_000, "{flow:?}");
    }
    let mut left: BTreeMap<String, u32> = own(&flow.stays);
    let mut came = left.clone();
    for (from, to, percent) in &flow.moves {
        assert_ne!(from, to);
        *left.entry(from.clone()).or_default() += slots(*percent);
        *came.entry(to.clone()).or_default() += slots(*percent);
    }
    assert_eq!((left, came), (before, after), "{flow:?}");
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn flows_add_up_and_match_the_impact(selectors in selectors()) {
        let desk = Desk::open();
        let mut minutes = 0;
        for (selector, later) in selectors {
            minutes += later;
            desk.set(minutes * 60_000);
            let before = desk.feature.state();
            let change = desk.feature.edit().rule("canary", Condition::always(), selector).author("ada").allow_reshuffle();
            let Preview { state: after, impact, .. } = wait(change.preview()).unwrap();
            let now = Timestamp::from_millis(desk.now());
            let found = flows(&before, &after, &impact, "acme", now);
            let expected: Vec<&StatePart> = impact.lines.iter().filter_map(|line| match line.effect {
                Effect::Moved { .. } | Effect::Reshuffled => Some(&line.part),
                _ => None,
            }).collect();
            prop_assert_eq!(found.is_empty(), expected.is_empty(), "{}", impact);
            for flow in &found {
                prop_assert_eq!(&flow.part, expected[0]);
                if flow.reshuffled {
                    prop_assert!(flow.moves.is_empty() && flow.stays.is_empty());
                    continue;
                }
                add_up(flow);
                let ends = allocation::shares(&target(&after.rules[0].select));
                for (name, share) in &flow.after {
                    prop_assert_eq!(slots(*share), ends[name]);
                }
                let moves: BTreeMap<_, _> =
                    flow.moves.iter().map(|(from, to, share)| ((from.clone(), to.clone()), slots(*share))).collect();
                let (at_once, ramped) = moves_of_rule(&only_moves(&impact), "canary");
                prop_assert_eq!(flow.ramp.is_some(), !ramped.is_empty());
                // Slots that move at once and return gradually have no flow.
                if at_once.is_empty() || ramped.is_empty() {
                    prop_assert_eq!(moves, if ramped.is_empty() { at_once } else { ramped });
                }
            }
            wait(change.publish()).unwrap();
        }
    }
}

fn only_moves(impact: &Impact) -> Impact {
    let mut impact = impact.clone();
    impact.lines.retain(|line| matches!(line.effect, Effect::Moved { .. }));
    impact
}

#[test]
fn a_flow_has_the_bars_of_the_console() {
    let desk = Desk::open();
    let us = || Condition::segment("Country", Operator::Eq(Value::from("US")));
    let canary = |aperture, acme| Rollout::new("UserId", [("aperture", aperture), ("acme", acme)]);
    wait(desk.feature.edit().rule("US canary", us(), canary(5.0, 95.0)).author("ada").publish()).unwrap();
    let change = desk.feature.edit().rule("US canary", us(), canary(10.0, 90.0)).otherwise("premium").author("ada");
    let before = desk.feature.state();
    let Preview { state: after, impact, .. } = wait(change.preview()).unwrap();
    let found = flows(&before, &after, &impact, "acme", Timestamp::from_millis(desk.now()));
    let share = |name: &str, percent| (name.to_owned(), percent);
    let flow = |part, before: &[_], after: &[_], moves, stays: &[_]| Flow {
        part,
        before: before.to_vec(),
        after: after.to_vec(),
        moves: vec![moves],
        stays: stays.to_vec(),
        ramp: None,
        sticky: false,
        reshuffled: false,
    };
    let canary = flow(
        StatePart::Rule("US canary".to_owned()),
        &[share("acme", 95.0), share("aperture", 5.0)],
        &[share("acme", 90.0), share("aperture", 10.0)],
        ("acme".to_owned(), "aperture".to_owned(), 5.0),
        &[share("acme", 90.0), share("aperture", 5.0)],
    );
    let moves = ("acme".to_owned(), "premium".to_owned(), 100.0);
    let otherwise = flow(StatePart::Otherwise, &[share("acme", 100.0)], &[share("premium", 100.0)], moves, &[]);
    assert_eq!(found, [canary, otherwise]);
}

#[test]
fn changes_without_moves_have_no_flow() {
    let desk = Desk::open();
    let now = Timestamp::from_millis(desk.now());
    let flows = |change: feats::Change<feats::Dynamic>| {
        let (before, after): (State, State) = (desk.feature.state(), wait(change.preview()).unwrap().state);
        flows(&before, &after, &wait(change.preview()).unwrap().impact, "acme", now)
    };
    assert_eq!(flows(desk.feature.edit().rule("new", Condition::always(), "zeta").author("ada")), []);
    assert_eq!(flows(desk.feature.pin("zeta").author("ada")), []);
    wait(desk.feature.pin("zeta").author("ada").publish()).unwrap();
    let repinned = flows(desk.feature.pin("premium").author("ada"));
    let moves = vec![("zeta".to_owned(), "premium".to_owned(), 100.0)];
    assert_eq!(
        repinned.iter().map(|flow| (&flow.part, &flow.moves)).collect::<Vec<_>>(),
        [(&StatePart::Pinned, &moves)]
    );
}
