//! Problems of structure: wrong types, unknown fields, nesting and lengths of lists.

use feats::State;
use feats::Value;
use feats::model::{Condition, Declaration, Operator, Override, Rule, Selector, ValueKind, limits};
use serde_json::json;

use super::{accepted, problems, refused, rollout, when};
use crate::world::stored;

#[test]
fn wrong_types_are_reported_with_their_path() {
    refused(&json!(5), &["a state must be an object, not a number"]);
    refused(
        &json!({ "pinned": 5, "overrides": {}, "rules": "none", "otherwise": "acme" }),
        &[
            "pinned: expected a string, not a number",
            "overrides: expected a list, not an object",
            "rules: expected a list, not a string",
            "otherwise: a selector must be an object, not a string",
        ],
    );
    refused(
        &json!({ "overrides": [5, { "values": 5 }] }),
        &[
            "overrides[0]: an override must be an object, not a number",
            "overrides[1].segment: this field is required",
            "overrides[1].values: expected a list, not a number",
            "overrides[1].use: this field is required",
        ],
    );
    refused(
        &json!({ "rules": [{ "name": "a" }, { "name": "b", "when": 5, "select": {} }] }),
        &[
            r#"rules[0].select: a rule needs a selector, for example {"static": "acme"}"#,
            "rules[1].when: a condition must be an object, not a number",
            r#"rules[1].select: a selector has exactly one field: "static", "rollout", "experiment" or "gate""#,
        ],
    );
    refused(
        &rollout(json!({ "by": 5, "weights": { "acme": 100 }, "slots": [["acme", 1_000_000]], "ramp": 5 })),
        &[
            "otherwise.rollout.by: expected a string or a list of strings, not a number",
            "otherwise.rollout.ramp: a ramp must be an object, not a number",
            "otherwise.rollout.slots[0]: a slot range is [implementation, length, since version]",
        ],
    );
    refused(
        &json!({ "otherwise": { "rollout": [] } }),
        &["otherwise.rollout: a rollout must be an object, not a list"],
    );
}

#[test]
fn a_condition_is_one_group_or_one_check() {
    let operator = r#"rules[0].when: a condition needs an operator, for example "in": ["CA"]"#;
    refused(&when(json!({})), &["rules[0].when.segment: this field is required", operator]);
    refused(&when(json!({ "segment": "Country" })), &[operator]);
    refused(
        &when(json!({ "segment": "Country", "gt": "A", "lt": "B" })),
        &[r#"rules[0].when: a condition has only one operator; combine two conditions with "all""#],
    );
    refused(
        &when(json!({ "all": [], "any": [] })),
        &[r#"rules[0].when: a condition has only one of "all", "any" and "not"; nest one inside the other"#],
    );
    refused(
        &when(json!({ "not": { "all": [] }, "segment": "Country" })),
        &[r#"rules[0].when.segment: unexpected field "segment" beside "not"; put both into an "all""#],
    );
    refused(&when(json!({ "not": [] })), &["rules[0].when.not: a condition must be an object, not a list"]);
    refused(
        &when(json!({ "segment": "Country", "eq": [1] })),
        &["rules[0].when.eq: a value must be a string, a number or a bool, not a list"],
    );
}

/// As empty lists, the first and the last would match everyone.
#[test]
fn null_is_not_a_list() {
    refused(&when(json!({ "all": null })), &["rules[0].when.all: expected a list, not null"]);
    refused(&when(json!({ "any": null })), &["rules[0].when.any: expected a list, not null"]);
    refused(&when(json!({ "segment": "Country", "in": null })), &["rules[0].when.in: expected a list, not null"]);
    refused(
        &when(json!({ "segment": "Country", "not_in": null })),
        &["rules[0].when.not_in: expected a list, not null"],
    );
    accepted(&json!({ "pinned": null, "overrides": null, "rules": null, "otherwise": null }));
}

/// An ignored field could widen the audience.
#[test]
fn unknown_fields_of_conditions_and_selectors_are_refused() {
    refused(
        &when(json!({ "segment": "Country", "eq": "CA", "eqq": "US" })),
        &[
            r#"rules[0].when: a condition has only one operator; combine two conditions with "all""#,
            r#"rules[0].when.eqq: unknown operator "eqq"; did you mean "eq"?"#,
        ],
    );
    refused(
        &rollout(json!({ "by": "UserId", "weights": { "acme": 100 }, "wieghts": { "zeta": 100 } })),
        &[r#"otherwise.rollout.wieghts: unknown field "wieghts"; did you mean "weights"?"#],
    );
    refused(
        &rollout(json!({ "by": "UserId", "weights": { "acme": 100 }, "ramp": { "duration": "1h", "until": "noon" } })),
        &[r#"otherwise.rollout.ramp.until: unknown field "until""#],
    );
    let everywhere_else = json!({
        "new": 1, "overrides": [{ "segment": "UserId", "values": [], "use": "acme", "new": 2 }],
        "rules": [{ "name": "rule", "select": { "static": "acme" }, "new": 3 }],
    });
    accepted(&everywhere_else);
}

/// Paths refer to the document that the author wrote.
#[test]
fn paths_after_an_unreadable_part_are_not_shifted() {
    refused(
        &json!({ "rules": [5, { "name": "a", "select": { "static": "acme" } }, { "name": "b", "select": { "static": "x" } }] }),
        &[
            "rules[0]: a rule must be an object, not a number",
            r#"rules[2].select.static: unknown implementation "x"; available: acme, aperture, "crème brûlée", premium, zeta"#,
        ],
    );
    refused(
        &when(json!({ "segment": "Country", "in": [null, "CA", 7] })),
        &[
            "rules[0].when.in[0]: a value must be a string, a number or a bool, not null",
            "rules[0].when.in[2]: 7 is an integer, but Country is text",
        ],
    );
    refused(
        &json!({ "overrides": [[], { "segment": "UserId", "values": ["one"], "use": "x" }] }),
        &[
            "overrides[0]: an override must be an object, not a list",
            r#"overrides[1].use: unknown implementation "x"; available: acme, aperture, "crème brûlée", premium, zeta"#,
            r#"overrides[1].values[0]: "one" is text, but UserId is an integer"#,
        ],
    );
}

#[test]
fn an_unreadable_part_neither_causes_nor_hides_other_problems() {
    refused(
        &rollout(json!({ "by": "UserId", "weights": { "acme": "x", "acmee": 100 } })),
        &[
            "otherwise.rollout.weights.acme: a weight must be a number, in percent",
            r#"otherwise.rollout.weights.acmee: unknown implementation "acmee"; did you mean "acme"?"#,
        ],
    );
}

#[test]
fn all_problems_are_found_at_once_in_the_order_of_the_document() {
    let state = json!({
        "otherwise": { "rollout": { "by": "Age", "weights": { "acme": 60, "premium": 60 } } },
        "rules": [
            { "name": "a", "when": { "segment": "Contry", "in": ["CA"] }, "select": { "static": "acmee" } },
            { "name": "a", "when": { "segment": "Country", "matches": "(" }, "select": "acme" },
        ],
        "overrides": [{ "segment": "UserId", "values": [{}], "use": "acmee" }],
        "pinned": 1,
    });
    let found = problems(&State::from_json(&state));
    let paths: Vec<&str> = found.iter().filter_map(|problem| problem.split(": ").next()).collect();
    let expected = [
        "pinned",
        "overrides[0].values[0]",
        "overrides[0].use",
        "rules[0].when.segment",
        "rules[0].select.static",
        "rules[1].when.matches",
        "rules[1].name",
        "rules[1].select",
        "otherwise.rollout.by",
        "otherwise.rollout.weights",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn conditions_nest_at_most_32_levels_deep() {
    let nested = |levels: usize| (0..levels).fold(json!({ "all": [] }), |inner, _| json!({ "not": inner }));
    accepted(&when(nested(limits::MAX_DEPTH)));
    let path = format!("rules[0].when{}", ".not".repeat(limits::MAX_DEPTH + 1));
    refused(
        &when(nested(limits::MAX_DEPTH + 1)),
        &[&format!("{path}: conditions can be nested at most 32 levels deep")],
    );

    let by_hand = (0..=limits::MAX_DEPTH).fold(Condition::always(), |inner, _| !inner);
    let mut state = State::default();
    state.rules = vec![Rule::new("rule", by_hand, Selector::Static("acme".to_owned()))];
    assert_eq!(problems(&state), [format!("{path}: conditions can be nested at most 32 levels deep")]);
}

#[test]
fn lists_have_limits() {
    let fixed = || Selector::Static("acme".to_owned());
    let one = |number: usize| Value::from(u64::try_from(number).unwrap());
    let users = |count: usize| Condition::segment("UserId", Operator::In((0..count).map(one).collect()));
    let rule = |when| vec![Rule::new("rule", when, fixed())];
    let with = |fill: &dyn Fn(&mut State)| {
        let mut state = State::default();
        fill(&mut state);
        problems(&state)
    };
    let named = |count: usize| (0..count).map(|at| Rule::new(at.to_string(), Condition::always(), fixed())).collect();
    let overrides = |count| (0..count).map(|at| Override::new("UserId", [one(at)], "acme")).collect();
    let parts = |count| Condition::Any { any: vec![users(1); count] };
    let values = |count: usize| vec![Override::new("UserId", (0..count).map(one), "acme")];
    assert_eq!(with(&|state| state.rules = named(1_001)), ["rules: too many entries: 1001; the limit is 1000"]);
    assert_eq!(
        with(&|state| state.overrides = overrides(10_001)),
        ["overrides: too many entries: 10001; the limit is 10000"]
    );
    let too_many = "too many entries: 100001; the limit is 100000";
    assert_eq!(with(&|state| state.rules = rule(users(100_001))), [format!("rules[0].when.in: {too_many}")]);
    assert_eq!(with(&|state| state.overrides = values(100_001)), [format!("overrides[0].values: {too_many}")]);
    let too_many = "rules[0].when.any: too many entries: 1001; the limit is 1000";
    assert_eq!(with(&|state| state.rules = rule(parts(1_001))), [too_many]);
    assert_eq!(with(&|state| state.rules = [named(999), rule(parts(1_000))].concat()), [""; 0]);
}

/// A value that is used twice is cached, for at most 32 segments.
#[test]
fn at_most_32_segments_are_used_in_several_places() {
    let names: Vec<String> = (0..33).map(|at| format!("segment {at}")).collect();
    let feature = names
        .iter()
        .fold(Declaration::new("Feature", ["acme"]), |feature, name| feature.segment(name, ValueKind::Text));
    let state = |count: usize| {
        let check = |name: &String| Condition::segment(name, Operator::Eq(Value::from("a")));
        let twice = names.iter().take(count).flat_map(|name| [check(name), check(name)]);
        let mut state = State::default();
        let rule = |(when, at): (Condition, u32)| Rule::new(at.to_string(), when, Selector::Static("acme".to_owned()));
        state.rules = twice.zip(0..).map(rule).collect();
        state
    };
    assert_eq!(stored(&state(32), &feature).problems, []);
    let problems = stored(&state(33), &feature).problems;
    assert_eq!(problems[0].to_string(), "rules: a state can use at most 32 segments in more than one place");
}
