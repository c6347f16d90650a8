//! Impact: the previewed moves match the actual moves, slot by slot, and a rollback restores every slot.

use feats::bucketing::allocation::{Shares, moves, reallocate};
use feats::impact::{Effect, ImpactLine};
use feats::model::{Condition, Operator, Rule, SLOTS, Selector, State, StatePart};
use feats::text::check_name;
use feats::{Impact, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value as Json, json};

use super::desk::{Desk, Moves, by_user, canary, moves_of_rule, target};
use super::generators::{name, shares};
use super::interpreter::owner;
use super::world::{NAMES, cases, wait};

/// The names of rules.
const LETTERS: &[&str] = &["a", "b", "c", "d", "e", "f", "g"];

/// A publish.
#[derive(Clone, Debug)]
enum Publish {
    RollOut(Shares),
    Static(String),
    RollBack(u64),
}

fn publish() -> impl Strategy<Value = Publish> {
    prop_oneof![
        5 => shares().prop_map(Publish::RollOut),
        1 => name().prop_map(Publish::Static),
        2 => any::<u64>().prop_map(Publish::RollBack),
    ]
}

fn select(state: &State) -> Selector {
    state.rules.first().map_or_else(|| Selector::Static("acme".to_owned()), |rule| rule.select.clone())
}

proptest! {
    #![proptest_config(cases(25))]

    /// Compared slot by slot, and for every user.
    #[test]
    fn the_previewed_moves_match_the_actual_moves(publishes in vec(publish(), 1..8)) {
        let desk = Desk::open();
        desk.roll_out(by_user(&[("acme".to_owned(), SLOTS)].into())).unwrap();
        for publish in publishes {
            let before = select(&desk.feature.state());
            let users = desk.users(0..50);
            let change = match publish {
                Publish::RollOut(shares) => desk.feature.edit().rule("canary", Condition::always(), by_user(&shares)),
                Publish::Static(name) => desk.feature.edit().rule("canary", Condition::always(), &*name),
                Publish::RollBack(version) => desk.feature.rollback_to(1 + version % desk.feature.version()),
            };
            // A static choice has no seed, so the next rollout is new.
            let (preview, version) = (wait(change.preview()).unwrap().impact, desk.feature.version());
            prop_assert_eq!(desk.feature.version(), version, "a preview writes nothing");
            let published = wait(change.allow_reshuffle().publish()).unwrap();
            prop_assert_eq!(&preview, published.impact());
            let after = select(&desk.feature.state());
            if published.impact().reshuffles() {
                continue;
            }
            let (before, after) = (target(&before), target(&after));
            let (at_once, ramped) = moves_of_rule(published.impact(), "canary");
            prop_assert_eq!(&at_once, &moves(&before, &after));
            prop_assert!(ramped.is_empty());
            for ((was, slot), (is, _)) in users.into_iter().zip(desk.users(0..50)) {
                if let Some(slot) = slot {
                    prop_assert_eq!((&*was, &*is), (owner(&before, slot), owner(&after, slot)));
                }
                prop_assert!(was == is || at_once.contains_key(&(was, is)));
            }
        }
    }

    #[test]
    fn a_rollback_restores_every_slot_verbatim(all in vec(shares(), 2..7), to in any::<prop::sample::Index>()) {
        let desk = Desk::open();
        let states: Vec<State> = all
            .iter()
            .map(|shares| {
                desk.roll_out(by_user(shares)).unwrap();
                desk.feature.state()
            })
            .collect();
        let newest = desk.canary();
        let to = to.index(states.len());
        let published = desk.roll_back(u64::try_from(to).unwrap() + 1).unwrap();
        prop_assert_eq!(&desk.feature.state(), &states[to]);
        let moved = moves(&newest.slots, &canary(&states[to]).slots);
        prop_assert_eq!(moves_of_rule(published.impact(), "canary"), (moved, Moves::new()));
    }

    #[test]
    fn a_rollout_without_a_seed_inherits_seed_and_slots(all in vec(shares(), 2..6)) {
        let desk = Desk::open();
        let mut versions = (1..).zip(&all);
        desk.roll_out(by_user(versions.next().unwrap().1)).unwrap();
        for (version, shares) in versions {
            let before = desk.canary();
            desk.roll_out(by_user(shares)).unwrap();
            let after = desk.canary();
            prop_assert_eq!(&after.seed, &before.seed);
            prop_assert_eq!(&after.slots, &reallocate(&before.slots, shares, version));
        }
    }

    /// Renamed rules, an arm at 0%, a different order of arms, and an edit of another part.
    #[test]
    fn changes_that_keep_the_shares_move_no_unit(
        first in shares(), second in shares(),
        name in "\\PC{1,9}".prop_filter("a valid name", |name| check_name(name).is_ok()),
    ) {
        let desk = Desk::open();
        desk.roll_out(by_user(&first)).unwrap();
        desk.roll_out(by_user(&second)).unwrap();
        let before = desk.canary();
        let users = desk.users(0..20);
        let unmoved = |impact: &Impact| impact.is_empty() && desk.users(0..20) == users;

        prop_assert!(unmoved(desk.roll_out(by_user(&second)).unwrap().impact()), "the same rollout");

        let mut more = second.clone();
        for name in NAMES {
            more.entry(name.to_owned()).or_insert(0);
        }
        prop_assert!(unmoved(desk.roll_out(by_user(&more)).unwrap().impact()), "arms at 0%");

        let reversed: State = reversed(&desk.feature.state().to_json()).parse().unwrap();
        prop_assert!(unmoved(desk.replace(reversed).unwrap().impact()), "another order");

        let mut renamed = desk.feature.state();
        renamed.rules[0].name = name;
        prop_assert!(unmoved(desk.replace(renamed).unwrap().impact()), "another name");

        let mut edited = desk.feature.state();
        edited.otherwise = Some(Selector::Static("zeta".to_owned()));
        desk.replace(edited).unwrap();
        prop_assert_eq!(desk.users(0..20), users);
        let after = desk.feature.state();
        prop_assert_eq!(&after.rules[0].select.rollout().unwrap().slots, &before.slots);
    }

    /// Only rules that changed their order relative to another one are reported.
    #[test]
    fn reordered_rules_change_the_audience(
        (before, after) in (subsequence(LETTERS, 0..=7), subsequence(LETTERS, 0..=7)).prop_flat_map(|(before, after)| {
            (Just(before).prop_shuffle(), Just(after).prop_shuffle())
        }),
    ) {
        let desk = Desk::open();
        let of = |names: &[&str]| {
            let mut state = State::default();
            let rule = |name: &&str| Rule::new(*name, Condition::always(), Selector::Static("zeta".to_owned()));
            state.rules = names.iter().map(rule).collect();
            state
        };
        desk.replace(of(&before)).unwrap();
        let place = |names: &[&str], name: &str| names.iter().position(|known| *known == name);
        let changed = |name: &&str| match (place(&before, name), place(&after, name)) {
            (Some(was), Some(is)) => LETTERS.iter().any(|other| match (place(&before, other), place(&after, other)) {
                (Some(other_was), Some(other_is)) => (other_was < was) != (other_is < is),
                _ => false,
            }),
            (was, is) => was != is,
        };
        let rules = after.iter().chain(before.iter().filter(|name| !after.contains(*name)));
        let expected: Vec<StatePart> = rules.filter(|name| changed(name)).map(|name| StatePart::Rule((*name).to_owned())).collect();
        let impact = desk.replace(of(&after)).unwrap().impact().clone();
        prop_assert_eq!(impact.lines.iter().map(|line| line.part.clone()).collect::<Vec<_>>(), expected);
    }
}

/// An unknown effect is reported.
#[test]
fn added_removed_moved_and_changed_rules_change_the_audience() {
    let rule = |name: &str| {
        let country = Condition::segment("Country", Operator::Eq(Value::from(name.to_owned())));
        Rule::new(name, country, Selector::Static("zeta".to_owned()))
    };
    let everyone = |name: &str| Rule::new(name, Condition::always(), Selector::Static("zeta".to_owned()));
    for (rules, expected) in [
        (vec![rule("a"), rule("b"), rule("c")], vec![]),
        (vec![rule("b"), rule("a"), rule("c")], vec!["b", "a"]),
        (vec![rule("b"), rule("c"), rule("a")], vec!["b", "c", "a"]),
        (vec![rule("a"), rule("c")], vec!["b"]),
        (vec![rule("new"), rule("a"), rule("b"), rule("c")], vec!["new"]),
        (vec![rule("a"), everyone("b"), rule("c")], vec!["b"]),
    ] {
        let desk = Desk::open();
        let mut state = State::default();
        state.rules = ["a", "b", "c"].map(rule).into();
        desk.replace(state.clone()).unwrap();
        state.rules = rules;
        let impact = desk.replace(state).unwrap().impact().clone();
        let audience = |name: &&str| ImpactLine {
            part: StatePart::Rule((*name).to_owned()),
            effect: Effect::Audience,
            ramp: None,
            sticky: false,
        };
        assert_eq!(impact.lines, expected.iter().map(audience).collect::<Vec<_>>());
    }
}

/// Serializes a JSON value with the keys of all objects in reverse order.
fn reversed(json: &Json) -> String {
    match json {
        Json::Array(items) => format!("[{}]", items.iter().map(reversed).collect::<Vec<_>>().join(",")),
        Json::Object(fields) => {
            let fields = fields.iter().rev().map(|(key, value)| format!("{}:{}", json!(key), reversed(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}
