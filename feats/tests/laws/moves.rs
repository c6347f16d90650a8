//! Moves: the shares in an impact match counts over many units, if the impact is exact.

use feats::Preview;
use std::collections::BTreeMap;

use feats::impact::{Effect, Impact, flows};
use feats::model::{Condition, Experiment, Operator, Override, Percent, Ramp, Rollout, Rule, Selector, StatePart};
use feats::{Attributes, State, Timestamp, Value, attributes};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::desk::{Desk, by_user};
use super::generators::{name, shares};
use super::world::{cases, choose, feature, route, wait};

/// The number of counted units.
const UNITS: u32 = 10_000;

/// The maximum difference between a count and a share, in percent: five standard deviations for half of the units.
const TOLERANCE: f64 = 2.5;

/// The names of rules.
const LETTERS: [&str; 3] = ["a", "b", "c"];

type Pair = (String, String);

/// Generates a selector without slots. It has few implementations, so that the part that follows often serves the same ones.
fn selector() -> impl Strategy<Value = Selector> {
    let ramp = Just(Ramp::new("", "3h"));
    let rollout =
        (shares(), option::weighted(0.3, ramp)).prop_map(|(shares, ramp)| Rollout { ramp, ..by_user(&shares) });
    let share = prop_oneof![2 => Just(100.0), 3 => select(vec![0.0, 12.5, 20.0, 40.0, 80.0])];
    let experiment = (shares(), share)
        .prop_map(|(shares, share)| Experiment { share: Percent(share), ..Experiment::from(by_user(&shares)) });
    let random = shares().prop_map(|shares| Rollout { by: "random".into(), ..by_user(&shares) });
    prop_oneof![
        3 => select(vec!["acme", "zeta"]).prop_map(|name| Selector::Static(name.to_owned())),
        2 => rollout.prop_map(Selector::from),
        4 => experiment.prop_map(Selector::from),
        1 => random.prop_map(Selector::from),
    ]
}

/// Generates a condition: everyone, or users in Canada.
fn condition() -> impl Strategy<Value = Condition> {
    let canada = Condition::segment("Country", Operator::Eq(Value::from("CA")));
    prop_oneof![3 => Just(Condition::always()), 1 => Just(canada)]
}

fn state() -> impl Strategy<Value = State> {
    let rules = prop_oneof![2 => Just(0..1_usize), 3 => Just(0..4)]
        .prop_flat_map(|count| (vec((condition(), selector()), count), Just(LETTERS.to_vec()).prop_shuffle()));
    let unit_override = (vec(0..UNITS, 0..5), name());
    let front = (option::weighted(0.1, name()), option::weighted(0.15, unit_override));
    (front, rules, option::weighted(0.7, selector())).prop_map(
        |((pinned, unit_override), (rules, names), otherwise)| {
            let mut state = State::default();
            state.pinned = pinned;
            let given = |(values, choice)| {
                Override::new("UserId", Vec::into_iter(values).map(|unit: u32| Value::from(i64::from(unit))), choice)
            };
            state.overrides = unit_override.map(given).into_iter().collect();
            let rule = |((when, select), name)| Rule::new(name, when, select);
            state.rules = rules.into_iter().zip(names).map(rule).collect();
            state.otherwise = otherwise;
            state
        },
    )
}

/// An edit of a state.
#[derive(Clone, Debug)]
enum Edit {
    Select(prop::sample::Index, Selector),
    Otherwise(Option<Selector>),
    Rename(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Remove(prop::sample::Index),
    Pin(Option<String>),
    Replace(State),
    RollBack(u64),
}

fn edit() -> impl Strategy<Value = Edit> {
    let rule = any::<prop::sample::Index>;
    prop_oneof![
        4 => (rule(), selector()).prop_map(|(rule, selector)| Edit::Select(rule, selector)),
        4 => option::weighted(0.8, selector()).prop_map(Edit::Otherwise),
        1 => rule().prop_map(Edit::Rename),
        1 => (rule(), rule()).prop_map(|(rule, other)| Edit::Swap(rule, other)),
        1 => rule().prop_map(Edit::Remove),
        1 => option::of(name()).prop_map(Edit::Pin),
        1 => state().prop_map(Edit::Replace),
        1 => any::<u64>().prop_map(Edit::RollBack),
    ]
}

impl Edit {
    fn apply(self, desk: &Desk) -> feats::Change<feats::Dynamic> {
        let mut state = desk.feature.state();
        let rules = state.rules.len();
        match self {
            Edit::Select(rule, select) if rules > 0 => state.rules[rule.index(rules)].select = select,
            Edit::Select(_, select) => state.otherwise = Some(select),
            Edit::Otherwise(otherwise) => state.otherwise = otherwise,
            Edit::Rename(rule) if rules > 0 => {
                let mut names = (1..).map(|number| format!("renamed {number}"));
                let is_free = |name: &String| state.rules.iter().all(|rule| rule.name != *name);
                let name = names.find(is_free).expect("a free name");
                state.rules[rule.index(rules)].name = name;
            }
            Edit::Swap(rule, other) if rules > 0 => state.rules.swap(rule.index(rules), other.index(rules)),
            Edit::Remove(rule) if rules > 0 => drop(state.rules.remove(rule.index(rules))),
            Edit::Rename(_) | Edit::Swap(..) | Edit::Remove(_) => state.pinned = None,
            Edit::Pin(pinned) => state.pinned = pinned,
            Edit::Replace(other) => state = other,
            Edit::RollBack(version) => {
                return desk.feature.rollback_to(version % (desk.feature.version() + 1)).author("ada");
            }
        }
        desk.feature.edit().replace(state).author("ada").allow_reshuffle()
    }
}

/// Returns the implementations of 10 000 users in Canada at an instant. Random draws are the same each time.
fn users(state: &State, now: i64) -> Vec<String> {
    let feature = feature();
    let route = route(state, &feature);
    let choice = |id: u32| {
        let subject: Attributes<'_> = attributes! { "UserId" => id, "Country" => "CA" };
        let draw = u64::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        feature.implementation(choose(&route, &feature, &subject, now, draw).choice).to_owned()
    };
    (0..UNITS).map(choice).collect()
}

/// Returns the percentage of users by implementation before and after, if they differ.
fn counted(before: &[String], after: &[String]) -> BTreeMap<Pair, f64> {
    let mut counted = BTreeMap::new();
    for pair in before.iter().zip(after).filter(|(from, to)| from != to) {
        *counted.entry((pair.0.clone(), pair.1.clone())).or_default() += 100.0 / f64::from(UNITS);
    }
    counted
}

/// Returns the moves of a part in an impact: those at once, and those in a ramp.
fn moves_of_part(impact: &Impact, part: &StatePart) -> [BTreeMap<Pair, f64>; 2] {
    let mut moves = [BTreeMap::new(), BTreeMap::new()];
    for line in impact.lines.iter().filter(|line| line.part == *part) {
        if let Effect::Moved { from, to, percent } = &line.effect {
            *moves[usize::from(line.ramp.is_some())].entry((from.clone(), to.clone())).or_default() += percent;
        }
    }
    moves
}

/// Returns the state from a part on, which decides for the units of the part.
fn from_part(state: &State, part: &StatePart) -> Option<State> {
    let mut rest = State::default();
    rest.otherwise = state.otherwise.clone();
    match part {
        StatePart::Rule(name) => {
            let at = state.rules.iter().position(|rule| rule.name == *name)?;
            rest.rules = state.rules[at..].to_vec();
        }
        StatePart::Otherwise => {}
        StatePart::Pinned | StatePart::Overrides => rest = state.clone(),
    }
    Some(rest)
}

fn assert_near(expected: &BTreeMap<Pair, f64>, counted: &BTreeMap<Pair, f64>, context: &str) {
    for pair in expected.keys().chain(counted.keys()) {
        let [expected, counted] = [expected, counted].map(|moves| moves.get(pair).copied().unwrap_or(0.0));
        assert!(counted == 0.0 || expected > 0.0, "{pair:?} moves unannounced, {counted}%: {context}");
        assert!(
            (expected - counted).abs() < TOLERANCE,
            "{pair:?}: expected {expected}%, counted {counted}%: {context}"
        );
    }
}

/// Compares an exact impact with the actual moves.
fn check(before: &State, after: &State, impact: &Impact, now: i64) {
    let context = format!("{}\n{}\n{impact}", before.to_json(), after.to_json());
    // Every move appears in some part, with the implementations before and after.
    let moved = counted(&users(before, now), &users(after, now));
    if impact.lines.is_empty() {
        assert!(moved.is_empty(), "unannounced moves: {moved:?}: {context}");
    }
    if !impact.is_exact() {
        return;
    }
    let is_told = |(from, to): &Pair| {
        impact.lines.iter().any(|line| match &line.effect {
            Effect::Moved { from: was, to: is, .. } => was == from && is == to && line.ramp.is_none(),
            _ => false,
        })
    };
    assert!(moved.keys().all(is_told), "untold: {moved:?}: {context}");
    let mut parts: Vec<&StatePart> = impact.lines.iter().map(|line| &line.part).collect();
    parts.dedup();
    for part in parts {
        // The rule of this name, or its renamed counterpart.
        let Some(rest) = from_part(before, part) else { continue };
        let rest_after = from_part(after, part).expect("an exact line refers to an existing part");
        let [at_once, ramped] = moves_of_part(impact, part);
        let start = users(&rest_after, now);
        assert_near(&at_once, &counted(&users(&rest, now), &start), &context);
        let end = impact.lines.iter().filter_map(|line| line.ramp).map(|(_, end)| end.as_millis()).max();
        if let Some(end) = end.filter(|_| !ramped.is_empty()) {
            assert_near(&ramped, &counted(&start, &users(&rest_after, end)), &context);
        }
    }
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn the_moves_of_an_impact_match_counted_moves(first in state(), edits in vec((edit(), 0..120_u64), 1..4)) {
        let desk = Desk::open();
        desk.replace(first).unwrap();
        let mut minutes = 0;
        for (edit, later) in edits {
            minutes += later;
            desk.set(minutes * 60_000);
            let before = desk.feature.state();
            let change = edit.apply(&desk);
            let Preview { state: after, impact, .. } = wait(change.preview()).unwrap();
            check(&before, &after, &impact, desk.now());
            wait(change.publish()).unwrap();
        }
    }
}

/// The effects of a change of a feature with the default acme.
struct Effects {
    impact: Impact,
    before: State,
    after: State,
}

fn changed(before: &str, after: &str) -> Effects {
    let desk = Desk::open();
    let state = |json: &str| json.parse::<State>().unwrap();
    desk.replace(state(before)).unwrap();
    // A rollout without a seed inherits seed and slots.
    let change = desk.feature.edit().replace(state(after)).author("ada").allow_reshuffle();
    let before = desk.feature.state();
    let Preview { state: after, impact, .. } = wait(change.preview()).unwrap();
    check(&before, &after, &impact, desk.now());
    Effects { impact, before, after }
}

fn experiment(share: f64) -> String {
    format!(r#"{{"experiment": {{"by": "UserId", "weights": {{"acme": 50, "premium": 50}}, "share": {share}}}}}"#)
}

#[test]
fn moves_of_an_experiment_count_only_entering_units() {
    let effects = changed("{}", &format!(r#"{{"otherwise": {}}}"#, experiment(20.0)));
    assert_eq!(
        effects.impact.to_string(),
        "everyone else: 20% of the units enter the experiment instead of 100%\neveryone else: 10% move from acme to premium"
    );
    assert!(effects.impact.is_exact());
    let now = Timestamp::from_millis(super::world::START);
    let flows = flows(&effects.before, &effects.after, &effects.impact, "acme", now);
    let share = |name: &str, percent| (name.to_owned(), percent);
    assert_eq!(flows[0].after, [share("acme", 90.0), share("premium", 10.0)]);
    assert_eq!(flows[0].stays, [share("acme", 90.0)]);
}

/// Units that do not enter get something else than before.
#[test]
fn units_that_do_not_enter_move_to_the_next_rule() {
    let before = r#"{"otherwise": {"static": "premium"}}"#;
    let effects = changed(before, &format!(r#"{{"otherwise": {}}}"#, experiment(20.0)));
    assert_eq!(effects.impact.moved(feats::RulePlace::Otherwise, "premium", "acme"), 90.0);
    assert!(effects.impact.is_exact());

    let rule = |select: &str, rest: &str| {
        format!(r#"{{"rules": [{{"name": "first", "select": {select}}}{rest}], "otherwise": {{"static": "zeta"}}}}"#)
    };
    let before = rule(r#"{"static": "acme"}"#, "");
    let effects = changed(&before, &rule(&experiment(20.0), ""));
    assert_eq!(effects.impact.moved("first", "acme", "zeta"), 80.0);
    assert_eq!(effects.impact.moved("first", "acme", "premium"), 10.0);
    assert!(effects.impact.is_exact());

    let second =
        r#", {"name": "second", "when": {"segment": "Country", "eq": "CA"}, "select": {"static": "aperture"}}"#;
    let before = rule(r#"{"static": "acme"}"#, second);
    let effects = changed(&before, &rule(&experiment(20.0), second));
    assert!(!effects.impact.is_exact(), "the moves depend on the units in Canada");
}

#[test]
fn a_changed_share_moves_units_that_enter_or_leave() {
    let of = |share| format!(r#"{{"otherwise": {}}}"#, experiment(share));
    let grown = changed(&of(20.0), &of(60.0));
    assert_eq!(grown.impact.moved(feats::RulePlace::Otherwise, "acme", "premium"), 20.0);
    let shrunk = changed(&of(60.0), &of(20.0));
    assert_eq!(shrunk.impact.moved(feats::RulePlace::Otherwise, "premium", "acme"), 20.0);
    assert!(!shrunk.impact.is_exact(), "assigned units keep their arms");
    let stopped = changed(&of(60.0), r#"{"otherwise": {"static": "acme"}}"#);
    assert_eq!(stopped.impact.moved(feats::RulePlace::Otherwise, "premium", "acme"), 30.0);
}

#[test]
fn an_impact_is_not_exact_after_earlier_rules() {
    let with = |front: &str, choice: &str| format!(r#"{{{front} "otherwise": {{"static": "{choice}"}}}}"#);
    for front in [
        r#""overrides": [{"segment": "UserId", "values": [1, 2], "use": "zeta"}],"#,
        r#""pinned": "zeta","#,
        r#""rules": [{"name": "all", "select": {"static": "zeta"}}],"#,
    ] {
        let effects = changed(&with(front, "acme"), &with(front, "premium"));
        assert!(!effects.impact.is_exact(), "{front}");
    }
    assert!(changed(&with("", "acme"), &with("", "premium")).impact.is_exact());
}

/// A rule that takes the seed of another one does not hide the removal of that rule.
#[test]
fn a_rule_with_the_seed_of_a_removed_one_does_not_hide_the_removal() {
    let rollout = |name: &str| {
        format!(
            r#"{{"name": "{name}", "select": {{"rollout": {{"by": "UserId", "seed": "s", "weights": {{"acme": 50, "zeta": 50}}}}}}}}"#
        )
    };
    let fixed = r#"{"name": "b", "select": {"static": "premium"}}"#;
    let effects = changed(
        &format!(r#"{{"rules": [{}, {fixed}]}}"#, rollout("a")),
        &format!(r#"{{"rules": [{}]}}"#, rollout("b")),
    );
    let parts: Vec<&StatePart> = effects.impact.lines.iter().map(|line| &line.part).collect();
    assert!(parts.contains(&&StatePart::Rule("a".to_owned())), "{}", effects.impact);
    assert!(!effects.impact.is_exact());
}
