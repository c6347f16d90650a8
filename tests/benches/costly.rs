//! States whose compilation is as costly as the limits allow, or more, by name.

use feats::compile::{Compiled, Context, Stage, compile};
use feats::model::{Condition, Declaration, Operator, Override, Rule, Selector, State, ValueKind};
use feats::{Attributes, Value};

/// Compiles a state as when it is loaded from a store.
pub fn compiled(state: &State, declaration: &Declaration) -> Compiled {
    let attributes = Attributes::new();
    compile(state, Context { declaration, attributes: &attributes, stage: Stage::Stored, version: 1 })
}

pub fn declaration() -> Declaration {
    Declaration::new("Costly", ["acme", "premium"])
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer)
}

/// Returns all costly states, by name.
pub fn states() -> Vec<(&'static str, State)> {
    let many = |count: usize, pattern: &dyn Fn(usize) -> String| of_rules((0..count).map(|at| matches(pattern(at))));
    let folded = r"\pL".repeat(31);
    let ideographs: String = ('\u{4e00}'..'\u{4f40}').collect();
    vec![
        ("100 patterns with \\w", many(100, &|at| format!(r"^\w{{1,3}}x{at}$"))),
        ("1 000 patterns with \\w", many(1_000, &|at| format!(r"^\w{{1,3}}x{at}$"))),
        ("300 patterns of up to 300 characters", many(300, &|at| format!(r"^\w{{1,3}}x{{{at}}}$"))),
        ("a[ab]{12}@", many(1, &|_| "a[ab]{12}@".to_owned())),
        ("2 000 patterns a[ab]{12}@", a_thousand_parts(2_000, &|at| matches(format!("a[ab]{{12}}@{at}")))),
        ("(a|b)*a(a|b){11}", many(1, &|_| "(a|b)*a(a|b){11}".to_owned())),
        ("1 000 times the same pattern", many(1_000, &|_| "(a|b)*a(a|b){11}".to_owned())),
        ("1 000 different (a|b)*a(a|b){11}", many(1_000, &|at| format!("(a|b)*a(a|b){{11}}{at}"))),
        ("a.{500}b", many(1, &|_| "a.{500}b".to_owned())),
        ("((a{30}){30}){30}", many(1, &|_| "((a{30}){30}){30}".to_owned())),
        ("(((a{1000}){1000}){1000}){1000}", many(1, &|_| "(((a{1000}){1000}){1000}){1000}".to_owned())),
        ("31 folded classes, 1 000 times", many(1_000, &|at| format!("(?i){folded}{at}"))),
        ("folded ranges of everything", many(1_000, &|at| format!("(?i){}{at}", r"[\x{0}-\x{10FFFF}]".repeat(30)))),
        ("140 folded ranges, 1 000 times", many(1_000, &|at| format!("(?i){}{at}", "[А-я]".repeat(140)))),
        (
            "200 words, 1 000 times",
            many(1_000, &|at| (0..160).map(|word| (word * at).to_string()).collect::<Vec<_>>().join("|")),
        ),
        ("320 ideographs, 1 000 times", many(1_000, &|at| format!("^{at}{ideographs}"))),
        ("1 000 rules of equality", of_rules((0..1_000).map(|at| equals(format!("C{at}"))))),
        (
            "100 000 integers",
            of_rules([Condition::segment("UserId", Operator::In((0..100_000).map(Value::from).collect()))]),
        ),
        (
            "200 000 texts",
            of_rules((0..2).map(|list| {
                let text = |at| Value::from(format!("{list} user-{at:010}"));
                Condition::segment("Country", Operator::In((0..100_000).map(text).collect()))
            })),
        ),
        ("10 000 overrides", overrides(10_000, 1)),
        ("10 000 overrides of 200 000 values", overrides(10_000, 20)),
        (
            "20 000 checks",
            a_thousand_parts(19_900, &|at| Condition::segment("Country", Operator::Contains(format!("{at:0>200}")))),
        ),
        (
            "a million checks",
            of_rules((0..1_000).map(|_| Condition::All { all: vec![equals("CA".to_owned()); 1_000] })),
        ),
        ("600 rules of 32 levels", of_rules((0..600).map(|_| (0..32).fold(Condition::always(), |inner, _| !inner)))),
        ("200 000 zeros for rules", zeros("rules", 200_000)),
        ("200 000 zeros for overrides", zeros("overrides", 200_000)),
    ]
}

fn of_rules(conditions: impl IntoIterator<Item = Condition>) -> State {
    let select = || Selector::Static("premium".to_owned());
    let rules = conditions.into_iter().zip(1..).map(|(when, at)| Rule::new(format!("rule {at}"), when, select()));
    let mut state = State::default();
    state.rules = rules.collect();
    state
}

fn a_thousand_parts(count: usize, part: &dyn Fn(usize) -> Condition) -> State {
    let parts: Vec<_> = (0..count).map(part).collect();
    of_rules(parts.chunks(1_000).map(|any| Condition::Any { any: any.to_vec() }))
}

fn matches(pattern: String) -> Condition {
    Condition::segment("Country", Operator::Matches(pattern))
}

fn equals(text: String) -> Condition {
    Condition::segment("Country", Operator::Eq(Value::from(text)))
}

/// Adjacent overrides use different segments, so that each is looked up separately.
fn overrides(count: usize, values: usize) -> State {
    let segment = |at: usize| if at.is_multiple_of(2) { "UserId" } else { "Country" };
    let value = |value: usize| match segment(value / values) {
        "UserId" => Value::from(value),
        _ => Value::from(format!("user-{value:010}")),
    };
    let one = |at: usize| Override::new(segment(at), (at * values..(at + 1) * values).map(value), "premium");
    let mut state = State::default();
    state.overrides = (0..count).map(one).collect();
    state
}

fn zeros(field: &str, count: usize) -> State {
    let text = format!("{{\"{field}\":[{}]}}", vec!["0"; count].join(","));
    text.parse().expect("JSON")
}
