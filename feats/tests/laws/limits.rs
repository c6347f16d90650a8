//! Limits: code and documentation share one table, and excess is refused with its path.

use feats::model::{Condition, Declaration, Operator, Override, Rule, Selector, State, ValueKind, limits};
use feats::{Problem, Value};
use serde_json::{Value as Json, json};

use super::world::{feature, stored, to_publish};

/// Checks that a state has exactly this problem, before publishing and when loaded from a store.
fn refused(state: &State, expected: &str) {
    for compiled in [to_publish(state, &feature()), stored(state, &feature())] {
        let problems: Vec<_> = compiled.problems.iter().map(Problem::to_string).collect();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].starts_with(expected), "{problems:?}");
        assert!(compiled.route.is_none());
    }
}

fn accepted(state: &State) {
    assert_eq!(to_publish(state, &feature()).problems, []);
    assert_eq!(stored(state, &feature()).problems, []);
}

fn with_rules(conditions: impl IntoIterator<Item = Condition>) -> State {
    let select = || Selector::Static("premium".to_owned());
    let rules = conditions.into_iter().zip(1..).map(|(when, at)| Rule::new(format!("rule {at}"), when, select()));
    let mut state = State::default();
    state.rules = rules.collect();
    state
}

fn matches(pattern: impl Into<String>) -> Condition {
    Condition::segment("Country", Operator::Matches(pattern.into()))
}

fn texts(name: &str, count: usize) -> Vec<Value<'static>> {
    (0..count).map(|at| Value::from(format!("{name}{at}"))).collect()
}

#[test]
fn the_documentation_lists_the_same_limits() {
    let document = include_str!("../../../docs/limits.md");
    let rows: Vec<&str> =
        document.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 3).collect();
    let grouped = |value: u64| {
        let digits = value.to_string();
        let groups: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
        groups.join(" ")
    };
    let expected: Vec<String> = limits::all()
        .iter()
        .map(|limit| format!("| `{}` | {} | {} | {} |", limit.name, grouped(limit.value), limit.unit, limit.about))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn names_of_limits_are_unique() {
    let mut names: Vec<_> = limits::all().iter().map(|limit| limit.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), limits::all().len());
}

#[test]
fn the_first_pattern_over_the_budget_is_reported() {
    let blowup = |count: usize| with_rules((0..count).map(|at| matches(format!("a[ab]{{12}}@{at}"))));
    accepted(&blowup(5));
    let problems = stored(&blowup(1_000), &feature()).problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    let path = problems[0].path();
    assert!(path.starts_with("rules[") && path.ends_with("].when.matches"), "{path}");
    assert!(problems[0].message().contains("anchor it with ^"), "{}", problems[0]);
    refused(&with_rules([matches("^ada"), matches("a.{500}b")]), "rules[1].when.matches: the pattern is too complex");
    refused(
        &with_rules([matches("(((a{1000}){1000}){1000}){1000}")]),
        "rules[0].when.matches: the pattern is too complex",
    );
}

#[test]
fn a_state_has_a_limited_number_of_different_patterns() {
    let any = |count: usize, different: usize| {
        let parts: Vec<_> = (0..count).map(|at| matches(format!("^{}", at % different))).collect();
        with_rules(parts.chunks(1_000).map(|any| Condition::Any { any: any.to_vec() }))
    };
    accepted(&any(limits::MAX_PATTERNS, limits::MAX_PATTERNS));
    accepted(&any(2_000, 10));
    refused(&any(1_001, 1_001), "rules[1].when.any[0].matches: a state can have at most 1000 distinct patterns");
}

#[test]
fn the_lists_of_a_state_share_a_limit() {
    let lists = |sizes: &[usize]| {
        let conditions = sizes
            .iter()
            .zip(0..)
            .map(|(size, at)| Condition::segment("Country", Operator::In(texts(&format!("{at}-"), *size))));
        with_rules(conditions)
    };
    accepted(&lists(&[100_000, 100_000]));
    refused(&lists(&[100_000, 100_000, 1]), "rules[2].when.in: a state can list at most 200 000 values");
    let mut state = lists(&[100_000]);
    state.overrides = (0..10).map(|at| Override::new("Country", texts(&format!("o{at}-"), 10_000), "acme")).collect();
    accepted(&state);
    state.overrides.push(Override::new("Country", texts("p", 1), "acme"));
    refused(&state, "rules[0].when.in: a state can list at most 200 000 values");
}

#[test]
fn the_conditions_of_a_state_share_a_limit() {
    let checks = |count: usize| {
        let check = |at| Condition::segment("UserId", Operator::Gt(Value::from(at)));
        let parts: Vec<_> = (0..count).map(check).collect();
        with_rules(parts.chunks(999).map(|all| Condition::All { all: all.to_vec() }))
    };
    accepted(&checks(20 * 999));
    refused(&checks(20 * 999 + 1), "rules[20].when: a state can have at most 20 000 conditions");
    let deep = (0..32).fold(Condition::always(), |inner, _| !inner);
    refused(&with_rules((0..1_000).map(|_| deep.clone())), "rules[606].when");
}

#[test]
fn the_operands_of_a_state_share_a_limit() {
    let long = |count: usize| {
        with_rules((0..count).map(|_| Condition::segment("Country", Operator::Contains("x".repeat(1 << 20)))))
    };
    accepted(&long(4));
    refused(&long(5), "rules[4].when.contains: the operands of a state can have at most 4 194 304 bytes");
}

#[test]
fn slot_ranges_share_a_limit() {
    let rollout = |ranges: u32| {
        let run = |at: u32| json!(["acme", 1, at]);
        let slots: Vec<Json> = (0..ranges).map(run).chain([json!(["acme", 1_000_000 - ranges, 1])]).collect();
        let rollout = json!({ "by": "UserId", "seed": "s", "weights": { "acme": 100 }, "slots": slots });
        State::from_json(&json!({ "otherwise": { "rollout": rollout } }))
    };
    assert_eq!(stored(&rollout(99_998), &feature()).problems, []);
    let problems = stored(&rollout(100_000), &feature()).problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0]
            .to_string()
            .starts_with("otherwise.rollout.slots: a state can have at most 100 000 weights and slot ranges")
    );
}

#[test]
fn a_pin_works_for_a_state_over_the_budget() {
    let mut states = vec![with_rules([matches("a.{500}b")]), with_rules((0..2_000).map(|_| Condition::always()))];
    states.push(State::from_json(&json!({ "rules": vec![0; 100_000] })));
    for state in &mut states {
        state.pinned = Some("zeta".to_owned());
        let compiled = stored(state, &feature());
        assert!(!compiled.problems.is_empty());
        let route = compiled.route.expect("pinned");
        let outcome = super::world::choose(&route, &feature(), &feats::attributes! {}, 0, 0);
        assert_eq!(feature().implementation(outcome.choice), "zeta");
    }
}

#[test]
fn realistic_states_are_within_the_limits() {
    let country = |at: usize| Condition::segment("Country", Operator::Eq(Value::from(format!("C{at}"))));
    accepted(&with_rules((0..1_000).map(country)));
    accepted(&with_rules((0..1_000).map(|at| matches(format!(r"^\w{{1,3}}x{at}$")))));
    let mut state = State::default();
    state.overrides = (0..10_000).map(|at| Override::new("UserId", [Value::from(at)], "premium")).collect();
    accepted(&state);
    let ordinary = [
        r"@example\.com$",
        "^ada",
        "a|b|c",
        "(?i)straße",
        r"^\w{3,20}$",
        r"^\w+$",
        r"\d{1,50}",
        r"^\d{1,50}$",
        r"\S{1,200}",
        r"^\S{1,200}$",
        ".{0,100}@",
        r"\p{L}{1,40}",
        r"^\p{L}{1,40}$",
        r"(?i)^\w{1,30}@(gmail|example)\.com$",
        r"\bfoo\b",
        r"(?i)\bcafé\b",
        r"^[\w.+-]+@([\w-]+\.)+\w{2,20}$",
        r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}",
        r"^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}$",
        r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        r"Mozilla.*(Chrome|Firefox)/\d+\.\d+",
    ];
    accepted(&with_rules(ordinary.map(matches)));
}

#[test]
fn a_pattern_with_too_many_unicode_classes_is_refused_with_ascii_alternatives() {
    let many = r"\w".repeat(limits::MAX_PATTERN_CLASSES);
    accepted(&with_rules([matches(format!("^{many}"))]));
    let message = "rules[0].when.matches: a pattern can have at most 32 Unicode classes such as \\w";
    refused(&with_rules([matches(format!(r"^{many}\d"))]), message);
    let problems = stored(&with_rules([matches(format!(r"^{many}\d"))]), &feature()).problems;
    assert!(problems[0].message().contains("[0-9A-Za-z_]"), "{}", problems[0]);
}

#[test]
fn at_most_a_hundred_problems_are_listed_with_a_count_of_the_others() {
    let many = |field: &str, item: Json| json!({ field: vec![item; 20_000] });
    let checks: Vec<Json> = (0..20_000).map(|at| json!({ format!("inn{at}"): 1 })).collect();
    let rule = |when: Json| json!({ "rules": [{ "name": "a", "when": when, "select": { "static": "acme" } }] });
    let rollout = |field: &str, json: Json| {
        let mut rollout =
            json!({ "by": "UserId", "seed": "s", "weights": { "acme": 100 }, "slots": [["acme", 1_000_000, 1]] });
        rollout[field] = json;
        json!({ "otherwise": { "rollout": rollout } })
    };
    let fields: serde_json::Map<String, Json> = (0..20_000).map(|at| (format!("unknown{at}"), json!(1))).collect();
    for (json, counted) in [
        (many("rules", json!(0)), "and 19 900 more problems"),
        (many("overrides", json!(0)), "and 19 900 more problems"),
        (many("rules", json!({})), "and 39 900 more problems"),
        (
            json!({ "overrides": [{ "segment": "UserId", "values": vec![json!({}); 20_000], "use": "acme" }] }),
            "and 19 900 more",
        ),
        (rule(json!({ "all": checks })), "more problems"),
        (rule(json!({ "segment": "Country", "in": vec![json!([]); 20_000] })), "and 19 900 more problems"),
        (rule(Json::Object(fields.clone())), "more problems"),
        (rollout("slots", json!(vec![0; 20_000])), "and 19 900 more problems"),
        (rollout("weights", Json::Object(fields.clone())), "more problems"),
        (
            rollout(
                "weights",
                json!(fields.keys().map(|key| (key.clone(), json!("x"))).collect::<serde_json::Map<_, _>>()),
            ),
            "more",
        ),
    ] {
        let state = State::from_json(&json);
        for problems in [stored(&state, &feature()).problems, to_publish(&state, &feature()).problems] {
            assert!(problems.len() <= 101, "{}", problems.len());
            let last = problems.last().unwrap();
            assert!(last.is_count() && last.to_string().contains(counted), "{last}, not {counted}");
        }
    }
}

#[test]
fn duplicate_names_and_seeds_and_wrong_choices_are_counted() {
    let rule = |seed: &str| {
        let rollout =
            json!({ "by": "UserId", "seed": seed, "weights": { "acme": 100 }, "slots": [["acme", 1_000_000, 1]] });
        json!({ "name": "same", "select": { "rollout": rollout } })
    };
    let problems = to_publish(&State::from_json(&json!({ "rules": vec![rule("s"); 1_000] })), &feature()).problems;
    assert_eq!((problems.len(), problems[100].to_string().as_str()), (101, "and 1 898 more problems"));
    let wrong = json!({ "segment": "UserIdd", "values": [1], "use": "acmee" });
    let problems = stored(&State::from_json(&json!({ "overrides": vec![wrong; 10_000] })), &feature()).problems;
    assert_eq!((problems.len(), problems[100].to_string().as_str()), (101, "and 19 900 more problems"));
    let suggested = problems.iter().filter(|problem| problem.suggestion().is_some()).count();
    assert_eq!(suggested, 20, "the number of suggestions is limited");
}

#[test]
fn names_that_are_too_different_are_not_compared() {
    let names: Vec<String> = (0..5_000).map(|at| format!("{}{at}", "n".repeat(190))).collect();
    let declaration =
        Declaration::new("Feature", names.iter().map(String::as_str)).segment("UserId", ValueKind::Integer);
    let overrides: Vec<Json> =
        (0..10_000).map(|at| json!({ "segment": "UserId", "values": [at], "use": "short" })).collect();
    let problems = stored(&State::from_json(&json!({ "overrides": overrides })), &declaration).problems;
    assert_eq!(problems.len(), 101);
    assert!(problems.iter().all(|problem| problem.suggestion().is_none()));
}
