//! The order of decision, and the differential law: the engine decides like a naive interpreter of the state.

use feats::bucketing::allocation;
use feats::evaluate::Outcome;
use feats::model::{Condition, Declaration, Operator, Override, Rollout, Rule, Selector, State};
use feats::{Attributes, Reason, Value, attributes};
use proptest::collection::vec;
use proptest::prelude::*;

use super::generators::{attributes, declaration, instant, selector, state};
use super::interpreter::{Answer, Interpreter};
use super::world::{NAMES, START, cases, choose, feature, program, route};

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn the_engine_decides_like_a_naive_interpreter(
        declaration in declaration(), state in state(), subjects in vec(attributes(), 4),
        now in instant(), draw in any::<u64>(),
    ) {
        let route = route(&state, &declaration);
        for subject in subjects {
            let naive = Interpreter { declaration: &declaration, program: &program(), subject: &subject, now, draw };
            let outcome = choose(&route, &declaration, &subject, now, draw);
            prop_assert_eq!(answer(&declaration, &state, outcome), naive.decide(&state), "{:?}", subject);
        }
    }
}

proptest! {
    #![proptest_config(cases(80))]

    /// For example, rules that were compiled to a table no longer are.
    #[test]
    fn a_rule_that_never_matches_changes_no_choice(
        state in state(), never in selector(), at in any::<prop::sample::Index>(), subject in attributes(),
        now in instant(), draw in any::<u64>(),
    ) {
        let feature = feature();
        let before = answer(&feature, &state, choose(&route(&state, &feature), &feature, &subject, now, draw));
        let mut more = state;
        let rule = Rule::new("never", Condition::Any { any: Vec::new() }, never);
        more.rules.insert(at.index(more.rules.len() + 1), rule);
        let after = answer(&feature, &more, choose(&route(&more, &feature), &feature, &subject, now, draw));
        prop_assert_eq!(before, after);
    }

    /// The order and documentation of implementations in code do not affect the choice.
    #[test]
    fn an_edit_in_code_moves_no_unit(
        declaration in declaration(), state in state(), subject in attributes(), now in instant(), draw in any::<u64>(),
    ) {
        let mut renamed = feature().default_to(declaration.default_implementation());
        renamed.name = "Renamed".into();
        let chosen = |feature| answer(feature, &state, choose(&route(&state, feature), feature, &subject, now, draw));
        prop_assert_eq!(chosen(&declaration), chosen(&renamed));
    }

    #[test]
    fn renamed_rules_move_no_unit(
        state in state(), names in vec("\\PC{1,8}", 16), subject in attributes(), now in instant(), draw in any::<u64>(),
    ) {
        let feature = feature();
        let mut renamed = state.clone();
        renamed.rules.iter_mut().zip(names).for_each(|(rule, name)| rule.name = name);
        let chosen = |state| Outcome { rule: None, ..choose(&route(state, &feature), &feature, &subject, now, draw) };
        prop_assert_eq!(chosen(&state), chosen(&renamed));
    }
}

fn answer(declaration: &Declaration, state: &State, outcome: Outcome) -> Answer {
    let Outcome { choice, reason, rule, slot, .. } = outcome;
    let rule = rule.map(|at| state.rules[usize::from(at)].name.clone());
    Answer { choice: declaration.implementation(choice).to_owned(), reason, rule, slot }
}

/// Every layer chooses a different implementation. For every set of layers, the first one decides.
#[test]
fn pinned_then_overrides_then_rules_then_otherwise_then_the_default() {
    let [default, pinned, unit_override, rule, otherwise] = NAMES;
    let reasons = [Reason::Pinned, Reason::UnitOverride, Reason::Rule, Reason::Otherwise];
    let layers = [pinned, unit_override, rule, otherwise];
    let feature = feature();
    for set in 0..1_u32 << layers.len() {
        let has = |layer: usize| set >> layer & 1 == 1;
        let mut state = State::default();
        state.pinned = has(0).then(|| pinned.to_owned());
        state.overrides = vec![Override::new("UserId", [Value::from(if has(1) { 42 } else { 43 })], unit_override)];
        let age = Condition::segment("Country", Operator::Eq(Value::from(if has(2) { "CA" } else { "US" })));
        state.rules = vec![Rule::new("Canada", age, fixed(rule))];
        state.otherwise = has(3).then(|| fixed(otherwise));
        let subject = attributes! { "UserId" => 42, "Country" => "CA" };
        let outcome = choose(&route(&state, &feature), &feature, &subject, START, 0);
        let expected = (0..layers.len()).find(|layer| has(*layer)).map(|layer| (layers[layer], reasons[layer]));
        let found = (feature.implementation(outcome.choice), outcome.reason);
        assert_eq!(found, expected.unwrap_or((default, Reason::Default)), "{}", state.to_json());
    }
}

#[test]
fn the_first_matching_rule_and_override_decides() {
    let feature = feature();
    let canada = || Condition::segment("Country", Operator::Eq(Value::from("CA")));
    let mut state = State::default();
    state.rules = vec![
        Rule::new("unknown", Condition::segment("Score", Operator::Gt(Value::from(0.0))), fixed("zeta")),
        Rule::new("first", canada(), fixed("premium")),
        Rule::new("second", canada(), fixed("aperture")),
    ];
    let chosen = |state: &State, subject: &Attributes<'_>| {
        let outcome = choose(&route(state, &feature), &feature, subject, START, 0);
        feature.implementation(outcome.choice).to_owned()
    };
    assert_eq!(chosen(&state, &attributes! { "Country" => "CA" }), "premium");
    let unit_override = |choice| Override::new("UserId", [Value::from(42), Value::from(42.0)], choice);
    state.overrides = vec![unit_override("aperture"), unit_override("zeta")];
    assert_eq!(chosen(&state, &attributes! { "Country" => "CA", "UserId" => 42 }), "aperture");
}

/// A missing value and a float with a fraction are not units. The next rule applies, even within a table of equal conditions.
#[test]
fn a_rollout_without_a_unit_is_skipped() {
    let feature = feature();
    let rule = |name: &str, country: &str, select| {
        Rule::new(name, Condition::segment("Country", Operator::Eq(Value::from(country.to_owned()))), select)
    };
    let mut rollout = Rollout::new("UserId", [("premium", 100.0)]);
    rollout.seed = Some("seed".to_owned());
    rollout.slots = allocation::initial(&[("premium".to_owned(), 1_000_000)].into(), 1);
    let mut state = State::default();
    state.rules = ["US", "CA", "FR", "DE", "CA", "CA"]
        .into_iter()
        .zip([fixed("zeta"), rollout.clone().into(), fixed("zeta"), fixed("zeta"), fixed("aperture"), fixed("zeta")])
        .zip(1..)
        .map(|((country, select), at)| rule(&format!("rule {at}"), country, select))
        .collect();
    let route = route(&state, &feature);
    for (subject, expected, slot) in [
        (attributes! { "Country" => "CA", "UserId" => 42 }, ("premium", Some(1)), true),
        (attributes! { "Country" => "CA" }, ("aperture", Some(4)), false),
        (attributes! { "Country" => "CA", "UserId" => 42.0 }, ("premium", Some(1)), true),
        (attributes! { "Country" => "CA", "UserId" => 42.5 }, ("aperture", Some(4)), false),
        (attributes! { "Country" => "AT" }, ("acme", None), false),
    ] {
        let outcome = choose(&route, &feature, &subject, START, 0);
        assert_eq!((feature.implementation(outcome.choice), outcome.rule), expected);
        assert_eq!(outcome.slot.is_some(), slot);
    }
}

fn fixed(name: &str) -> Selector {
    Selector::Static(name.to_owned())
}
