//! Warnings: they are true for every subject, and find common mistakes.

use feats::model::{
    By, Condition, Experiment, Operator, Override, Rollout, Rule, SLOTS, Selector, SlotRange, StatePart,
};
use feats::warnings::{WarningKind, warnings};
use feats::{Attributes, Reason, State, Timestamp, Value, describe};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

use super::generators::{self, instant};
use super::world::{START, cases, choose, feature, route};

/// Generates values of all types that are often equal, adjacent or contained in each other.
fn value() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        4 => select(vec!["CA", "US", "C", "A", ""]).prop_map(|text| Value::from(text.to_owned())),
        3 => (0..3_i64).prop_map(Value::from),
        1 => select(vec![0.0, 1.5, 2.0, f64::NEG_INFINITY]).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
    ]
}

fn operand() -> impl Strategy<Value = Value<'static>> {
    value().prop_filter("JSON cannot represent infinity", |value| *value != Value::from(f64::NEG_INFINITY))
}

fn check() -> impl Strategy<Value = Condition> {
    let text = || select(vec!["", "C", "A", "CA", "US"]).prop_map(str::to_owned);
    let test = prop_oneof![
        3 => vec(operand(), 0..4).prop_map(Operator::In),
        2 => vec(operand(), 0..4).prop_map(Operator::NotIn),
        3 => operand().prop_map(Operator::Eq),
        2 => operand().prop_map(Operator::Ne),
        2 => operand().prop_map(Operator::Gt),
        2 => operand().prop_map(Operator::Gte),
        2 => operand().prop_map(Operator::Lt),
        2 => operand().prop_map(Operator::Lte),
        1 => text().prop_map(Operator::StartsWith),
        1 => text().prop_map(Operator::EndsWith),
        1 => text().prop_map(Operator::Contains),
        1 => text().prop_map(Operator::Matches),
    ];
    (select(vec!["Country", "UserId"]), test).prop_map(|(segment, test)| Condition::segment(segment, test))
}

fn condition() -> impl Strategy<Value = Condition> {
    let nested = check().prop_recursive(3, 8, 3, |part| {
        prop_oneof![
            2 => vec(part.clone(), 0..4).prop_map(|all| Condition::All { all }),
            2 => vec(part.clone(), 0..4).prop_map(|any| Condition::Any { any }),
            1 => part.prop_map(|part| !part),
        ]
    });
    prop_oneof![check(), nested]
}

fn selector() -> impl Strategy<Value = Selector> {
    let fixed = select(vec!["acme", "zeta"]).prop_map(|name| Selector::Static(name.to_owned()));
    let units = vec![By::from("Country"), By::from("UserId"), By::from(["Country", "UserId"])];
    let whole = (select(units), any::<bool>()).prop_map(|(by, remembers)| {
        let remembers = remembers && by.names().len() == 1;
        let rollout = Rollout {
            seed: Some("s".to_owned()),
            slots: vec![SlotRange::new("zeta", SLOTS, 1)],
            ..Rollout::new(by, [("zeta", 100.0)])
        };
        if remembers { Experiment::from(rollout).into() } else { rollout.into() }
    });
    prop_oneof![6 => fixed, 2 => whole, 1 => generators::selector()]
}

fn state() -> impl Strategy<Value = State> {
    let unit_override = (select(vec!["Country", "UserId"]), vec(operand(), 0..4), generators::name());
    let unit_override = unit_override.prop_map(|(segment, values, choice)| Override::new(segment, values, choice));
    let rules = vec((condition(), selector()), 0..6);
    (vec(unit_override, 0..3), rules, option::of(selector())).prop_map(|(overrides, rules, otherwise)| {
        let mut state = State::default();
        state.overrides = overrides;
        state.rules = rules
            .into_iter()
            .zip(1..)
            .map(|((when, select), at)| Rule::new(format!("rule {at}"), when, select))
            .collect();
        state.otherwise = otherwise;
        state
    })
}

fn subject() -> impl Strategy<Value = Attributes<'static>> {
    vec(option::weighted(0.8, value()), 2).prop_map(|values| {
        ["Country", "UserId"].into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
    })
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_warning_is_true_for_every_subject(
        state in state(), subjects in vec(subject(), 16), now in instant(), draw in any::<u64>(),
    ) {
        let feature = feature();
        let chosen = |state: &State, subject: &Attributes<'_>| {
            let outcome = choose(&route(state, &feature), &feature, subject, now, draw);
            let rule = outcome.rule.map(|at| state.rules[usize::from(at)].name.clone());
            (feature.implementation(outcome.choice).to_owned(), outcome.reason, rule, outcome.experiment)
        };
        for warning in warnings(&state, &feature, Timestamp::from_millis(now)) {
            for subject in &subjects {
                let (choice, reason, rule, experiment) = chosen(&state, subject);
                match &warning.kind {
                    WarningKind::NeverHolds { rule: name } | WarningKind::Unreachable { part: StatePart::Rule(name), .. } => {
                        prop_assert_ne!(rule.as_ref(), Some(name), "{:?}: {:?}", warning, subject);
                    }
                    WarningKind::Unreachable { .. } => {
                        prop_assert!(
                            experiment || !matches!(reason, Reason::Otherwise | Reason::Default),
                            "{:?}: {:?}", warning, subject
                        );
                    }
                    WarningKind::UnreachableByUnits { part, units, .. } => {
                        // Every value except a float is a unit.
                        let is_unit = |segment: &String| subject.get(segment).is_some_and(|value| {
                            !matches!(value, Value::Float(_))
                        });
                        let reached = match part {
                            StatePart::Rule(name) => rule.as_ref() == Some(name),
                            _ => !experiment && matches!(reason, Reason::Otherwise | Reason::Default),
                        };
                        prop_assert!(!reached || !units.iter().all(is_unit), "{:?}: {:?}", warning, subject);
                    }
                    WarningKind::AllTheSame { choice: same } => {
                        prop_assert!(reason == Reason::UnitOverride || choice == *same, "{:?}: {:?}", warning, subject);
                    }
                    WarningKind::Shadowed { units, by } => {
                        let mut without = state.clone();
                        let later = without.overrides.iter_mut().skip(*by + 1);
                        let segment = &state.overrides[*by].segment;
                        later.filter(|known| known.segment == *segment).for_each(|known| {
                            known.values.retain(|value| !units.contains(value));
                        });
                        prop_assert_eq!(chosen(&without, subject).0, choice, "{:?}: {:?}", warning, subject);
                    }
                    _ => {}
                }
            }
        }
    }
}

fn described_warnings(state: &Json) -> Vec<String> {
    let state = State::from_json(state);
    assert_eq!(state.problems(), []);
    let found = warnings(&state, &feature(), Timestamp::from_millis(START));
    found.iter().map(|warning| format!("{}: {}", warning.path, describe::warning(warning))).collect()
}

fn rules(conditions: &[Json]) -> Json {
    let names = ["first", "second", "third", "fourth"];
    let rule = |(when, name): (&Json, &str)| json!({ "name": name, "when": when, "select": { "static": name } });
    json!({ "rules": conditions.iter().zip(names).map(rule).collect::<Vec<_>>() })
}

#[test]
fn a_rule_after_one_that_covers_its_audience_is_found() {
    let country = |test: &str, operand: Json| json!({ "segment": "Country", test: operand });
    let user = |test: &str, operand: Json| json!({ "segment": "UserId", test: operand });
    for (first, second) in [
        (json!({ "all": [] }), country("eq", json!("CA"))),
        (country("eq", json!("CA")), country("in", json!(["CA"]))),
        (country("in", json!(["CA", "US"])), country("in", json!(["CA"]))),
        (country("in", json!(["CA", "US"])), json!({ "all": [user("gt", json!(5)), country("eq", json!("US"))] })),
        (json!({ "any": [country("eq", json!("CA")), user("gt", json!(5))] }), user("gte", json!(6))),
        (user("gte", json!(5)), user("gt", json!(5.0))),
        (country("not_in", json!(["CA"])), country("not_in", json!(["US", "CA"]))),
        (json!({ "not": country("eq", json!("CA")) }), country("ne", json!("CA"))),
        (
            json!({ "not": { "any": [country("eq", json!("CA")), user("lt", json!(1))] } }),
            json!({ "all": [country("eq", json!("US")), user("eq", json!(1))] }),
        ),
        (country("starts_with", json!("C")), country("in", json!(["CA", "CH"]))),
        (country("contains", json!("A")), country("ends_with", json!("CA"))),
        (country("matches", json!("^C")), country("matches", json!("^C"))),
        (json!({ "attribute": "Environment", "eq": "dev" }), json!({ "attribute": "Environment", "in": ["dev"] })),
    ] {
        let found = described_warnings(&rules(&[first.clone(), second.clone()]));
        let expected = "rules[1]: second never applies: first covers it.";
        assert_eq!(found.first().map(String::as_str), Some(expected), "{first} {second}");
    }
    let [ca, us] = ["CA", "US"].map(|name| country("eq", json!(name)));
    assert_eq!(
        described_warnings(&rules(&[ca, us, country("in", json!(["US", "CA"]))])),
        ["rules[2]: third never applies: first and second cover it."]
    );
}

#[test]
fn a_reachable_rule_has_no_warning() {
    let country = |test: &str, operand: Json| json!({ "segment": "Country", test: operand });
    for (first, second) in [
        (country("in", json!(["CA"])), country("in", json!(["CA", "US"]))),
        (country("ne", json!("CA")), json!({ "all": [] })),
        // A subject without a country matches neither of the two.
        (json!({ "any": [country("eq", json!("CA")), country("ne", json!("CA"))] }), json!({ "all": [] })),
        (country("eq", json!("CA")), json!({ "segment": "Plan", "eq": "CA" })),
        (country("gt", json!("CA")), country("gte", json!("CA"))),
        (country("starts_with", json!("CA")), country("starts_with", json!("C"))),
    ] {
        assert_eq!(described_warnings(&rules(&[first, second])), Vec::<String>::new());
    }
    let with_selector = |select: Json| {
        json!({ "rules": [{ "name": "first", "select": select },
                          { "name": "second", "select": { "static": "zeta" } }] })
    };
    let by = |by: &str| json!({ "by": by, "seed": "seed", "weights": { "acme": 50, "zeta": 50 } });
    // A subject without a user id reaches the second rule; a random rollout has no such subject.
    assert_eq!(described_warnings(&with_selector(json!({ "rollout": by("UserId") }))), Vec::<String>::new());
    assert_eq!(described_warnings(&with_selector(json!({ "experiment": by("UserId") }))), Vec::<String>::new());
    let drawn = described_warnings(&with_selector(json!({ "rollout": by("random") })));
    assert_eq!(drawn, ["rules[1]: second never applies: first covers it."]);
}

/// Every subject with a unit gets an implementation before, so only subjects without one reach the rule.
#[test]
fn a_rule_after_a_rollout_of_its_audience_is_found() {
    let country = json!({ "segment": "Country", "eq": "CA" });
    let two = |when: Json, select: Json, behind: Json| {
        json!({ "rules": [{ "name": "first", "when": when, "select": select },
                          { "name": "second", "when": behind, "select": { "static": "zeta" } }] })
    };
    let all = || json!({ "all": [] });
    let by = |by: &str, weights: Json| json!({ "by": by, "seed": "s", "weights": weights });
    let whole = |unit: &str| json!({ "rollout": by(unit, json!({ "acme": 100, "zeta": 0 })) });
    let ramp = json!({ "start": "2026-12-01T08:00:00Z", "duration": "1m", "from": [["zeta", 1_000_000, 1]] });
    let mut ended = whole("UserId");
    ended["rollout"]["ramp"] = ramp.clone();
    ended["rollout"]["slots"] = json!([["acme", 1_000_000, 2]]);
    let said = "rules[1]: second never applies where UserId is set: first covers it.";
    for state in [
        two(all(), whole("UserId"), all()),
        two(all(), whole("UserId"), country.clone()),
        two(country.clone(), whole("UserId"), country.clone()),
        two(country.clone(), whole("UserId"), json!({ "all": [country, { "segment": "UserId", "gt": 5 }] })),
        two(all(), json!({ "experiment": by("UserId", json!({ "acme": 100 })) }), all()),
        two(all(), ended.clone(), all()),
    ] {
        assert_eq!(described_warnings(&state), [said], "{state}");
    }
    // Text is always a unit, so no subject is left.
    let text = two(all(), whole("Country"), json!({ "segment": "Country", "in": ["CA", "US"] }));
    assert_eq!(described_warnings(&text), ["rules[1]: second never applies: first covers it."]);
    let mut both = whole("UserId");
    both["rollout"]["by"] = json!(["UserId", "Country"]);
    let both = described_warnings(&two(all(), both, all()));
    assert_eq!(both, ["rules[1]: second never applies where UserId and Country are set: first covers it."]);
    let everyone =
        json!({ "rules": [{ "name": "first", "select": whole("UserId") }], "otherwise": { "static": "zeta" } });
    let expected = "otherwise: Everyone else never applies where UserId is set: first covers it.";
    assert_eq!(described_warnings(&everyone), [expected]);
    ended["rollout"]["ramp"]["start"] = json!("2027-12-01T08:00:00Z");
    for state in [
        two(all(), ended, all()),
        two(
            all(),
            json!({ "experiment": { "by": "UserId", "seed": "s", "weights": { "acme": 100 }, "share": 50 } }),
            all(),
        ),
        two(json!({ "segment": "Country", "eq": "CA" }), whole("UserId"), all()),
    ] {
        assert_eq!(described_warnings(&state), Vec::<String>::new(), "{state}");
    }
}

#[test]
fn a_condition_that_never_holds_is_found() {
    let user = |test: &str, operand: Json| json!({ "segment": "UserId", test: operand });
    for condition in [
        json!({ "any": [] }),
        json!({ "not": { "all": [] } }),
        user("in", json!([])),
        json!({ "all": [user("gt", json!(5)), user("lt", json!(3))] }),
        json!({ "all": [user("gt", json!(5)), user("lte", json!(5.0))] }),
        json!({ "all": [user("eq", json!(1)), { "any": [] }] }),
        json!({ "all": [user("eq", json!(1)), { "all": [user("eq", json!(2))] }] }),
        json!({ "all": [user("eq", json!(1)), user("not_in", json!([1, 2]))] }),
        json!({ "all": [user("gt", json!(5)), user("in", json!([1, 2]))] }),
    ] {
        let found = described_warnings(&rules(std::slice::from_ref(&condition)));
        assert_eq!(found, ["rules[0].when: first matches no users: its condition can never be true."], "{condition}");
    }
    for condition in [
        json!({ "all": [user("gte", json!(5)), user("lte", json!(5))] }),
        json!({ "all": [user("eq", json!(1)), { "segment": "Score", "eq": 2.0 }] }),
        json!({ "all": [user("ne", json!(1)), user("ne", json!(2))] }),
    ] {
        assert_eq!(described_warnings(&rules(std::slice::from_ref(&condition))), Vec::<String>::new(), "{condition}");
    }
}

#[test]
fn parts_without_effect_are_found() {
    let unit = |values: Json, choice: &str| json!({ "segment": "UserId", "values": values, "use": choice });
    let same =
        json!([{ "name": "same", "when": { "segment": "Country", "eq": "CA" }, "select": { "static": "zeta" } }]);
    for (state, expected) in [
        (json!({}), vec![]),
        (json!({ "pinned": "zeta" }), vec![]),
        (
            json!({ "pinned": "acme", "otherwise": { "static": "zeta" } }),
            vec!["pinned: Everyone is pinned to acme: the rest has no effect."],
        ),
        (
            json!({ "overrides": [unit(json!([1, 2]), "acme"), unit(json!([2.0, 3]), "zeta")] }),
            vec!["overrides[1].values: 2.0 is already in override 1, which applies."],
        ),
        (
            json!({ "rules": same, "otherwise": { "static": "zeta" } }),
            vec!["rules: All rules serve zeta, and so does everyone else: the rules have no effect."],
        ),
        (json!({ "rules": same }), vec![]),
        (
            json!({ "rules": [{ "name": "all", "select": { "static": "acme" } }], "otherwise": { "static": "zeta" } }),
            vec!["otherwise: Everyone else never applies: all covers it."],
        ),
    ] {
        assert_eq!(described_warnings(&state), expected, "{state}");
    }
}

/// The console computes warnings for each page. If there is too much to compare, some are not found.
#[test]
fn large_lists_are_compared_within_the_budget() {
    let values = |from: u32| (from..from + 50_000).collect::<Vec<_>>();
    let list = |from| json!({ "segment": "UserId", "in": values(from) });
    assert_eq!(described_warnings(&rules(&[list(0), list(50_000), list(25_000)])), Vec::<String>::new());
}

/// A comparison of all pairs would take minutes.
#[test]
fn comparison_stops_when_the_budget_is_spent() {
    let units = || (0..200_000_i64).map(Value::from);
    let mut conditions = State::default();
    let all = units().map(|unit| Condition::segment("UserId", Operator::Ne(unit))).collect();
    conditions.rules = vec![Rule::new("all but some", Condition::All { all }, Selector::Static("zeta".to_owned()))];
    let mut overrides = State::default();
    overrides.overrides = units().map(|unit| Override::new("UserId", [unit], "zeta")).collect();
    for state in [conditions, overrides] {
        assert_eq!(warnings(&state, &feature(), Timestamp::from_millis(START)), []);
    }
}

/// Unleash/unleash#629: values with a trailing space never matched.
#[test]
fn confusable_text_is_accepted_with_a_warning() {
    let state = json!({
        "overrides": [{ "segment": "Country", "values": ["CA", "CA\u{a0}"], "use": "premium" }],
        "rules": [
            { "name": "a", "when": { "segment": "Country", "in": ["US", "U\u{200b}S"] }, "select": { "static": "premium" } },
            { "name": "b", "when": { "not": { "any": [
                { "segment": "Country", "eq": "FR " }, { "segment": "Country", "starts_with": "\u{feff}D" },
            ] } }, "select": { "static": "zeta" } },
        ],
    });
    assert_eq!(
        described_warnings(&state),
        [
            "overrides[0].values[1]: \"CA\\u{a0}\" is unusual: it has U+00A0 NO-BREAK SPACE; it looks like value 1 of the \
             same list, but differs. Only exactly this text matches.",
            "rules[0].when.in[1]: \"U\\u{200b}S\" is unusual: it has U+200B ZERO WIDTH SPACE; it looks like value 1 of the \
             same list, but differs. Only exactly this text matches.",
            "rules[1].when.not.any[0].eq: \"FR \" is unusual: it ends with U+0020 SPACE. Only exactly this text matches.",
            "rules[1].when.not.any[1].starts_with: \"\\u{feff}D\" is unusual: it has U+FEFF ZERO WIDTH NO-BREAK SPACE (BYTE \
             ORDER MARK). Only exactly this text matches.",
        ]
    );
    let many: Vec<String> = (0..10_000).map(|number| format!("{number} ")).collect();
    assert_eq!(described_warnings(&rules(&[json!({ "segment": "Country", "in": many })])).len(), 100);
}
