//! The fixtures of the laws: a feature with segments of every type, and helpers that call the engine.

use std::future::IntoFuture;

use feats::compile::{Compiled, Context, Route, Stage, compile};
use feats::evaluate::{Outcome, evaluate};
use feats::explain::{Trace, TraceContext, trace};
use feats::model::{
    ApplicableSegment, AttributeSubject, Declaration, FlagState, InputDeclaration, Selector, State, ValueKind,
};
use feats::{Attributes, Timestamp, attributes};
use proptest::test_runner::{Config, RngAlgorithm};
use serde_json::Map;

/// The implementations. Laws about one implementation use the first one.
pub(crate) const NAMES: [&str; 5] = ["acme", "aperture", "crème brûlée", "premium", "zeta"];

/// The instant of most tests: 2026-12-01T09:00:00Z.
pub(crate) const START: i64 = 1_796_115_600_000;

/// The version of compiled states.
pub(crate) const VERSION: u64 = 7;

/// Returns a configuration with a number of cases, which `PROPTEST_CASES` overrides.
pub(crate) fn cases(cases: u32) -> Config {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { cases };
    // The default algorithm, a cipher, is slower than the laws themselves.
    let rng_algorithm = RngAlgorithm::XorShift;
    Config { cases, failure_persistence: None, rng_algorithm, max_shrink_iters: 20_000, ..Config::default() }
}

/// Returns a feature with all implementations, of which the first one is the default.
pub(crate) fn feature() -> Declaration {
    let fitting = |segment: &str, of: Option<&str>, kind, options: &[&str]| ApplicableSegment {
        segment: segment.into(),
        input: of.map(Into::into),
        kind,
        options: options.iter().map(|option| (*option).into()).collect(),
    };
    let input = |name: &str| InputDeclaration { name: name.into(), type_name: "Thing".into() };
    Declaration {
        inputs: ["user", "billing", "shipping"].map(input).into(),
        segments: [
            fitting("Country", None, ValueKind::Text, &[]),
            fitting("Plan", None, ValueKind::Text, &["free", "pro"]),
            fitting("UserId", None, ValueKind::Integer, &[]),
            fitting("Score", None, ValueKind::Float, &[]),
            fitting("Tester", None, ValueKind::Bool, &[]),
            fitting("Zip", Some("billing"), ValueKind::Text, &[]),
            fitting("Zip", Some("shipping"), ValueKind::Text, &[]),
        ]
        .into(),
        ..Declaration::new("Feature", NAMES)
    }
}

/// Returns the attributes of the program.
pub(crate) fn program() -> Attributes<'static> {
    attributes! { "Environment" => "dev", "Shard" => 3 }
}

/// Compiles a state as when it is loaded from a store.
pub(crate) fn stored(state: &State, declaration: &Declaration) -> Compiled {
    compile(state, Context { declaration, attributes: &program(), stage: Stage::Stored, version: VERSION })
}

/// Compiles a state as before publishing, when other programs have the attribute `Region`.
pub(crate) fn to_publish(state: &State, declaration: &Declaration) -> Compiled {
    let stage = Stage::Publish { other_attributes: &["Region".to_owned()] };
    compile(state, Context { declaration, attributes: &program(), stage, version: VERSION })
}

/// Returns the route of a state without problems.
pub(crate) fn route(state: &State, declaration: &Declaration) -> Route {
    let Compiled { route, problems } = stored(state, declaration);
    assert_eq!(problems, [], "{}", state.to_json());
    route.unwrap()
}

/// Evaluates for attributes.
pub(crate) fn choose(
    route: &Route,
    declaration: &Declaration,
    subject: &Attributes<'_>,
    now: i64,
    draw: u64,
) -> Outcome {
    let subject = AttributeSubject { attributes: subject, segments: &declaration.segments };
    evaluate(route, &subject, || Timestamp::from_millis(now), || draw)
}

/// Evaluates the state of a flag for attributes, whose names are free.
pub(crate) fn choose_of_flag(state: &State, subject: &Attributes<'_>) -> Outcome {
    let mut flag = Declaration::flag("Flag");
    let route = route(state, &flag);
    let segments = route.attributes().iter().map(|name| ApplicableSegment {
        segment: name.clone(),
        input: None,
        kind: ValueKind::Text,
        options: [].into(),
    });
    flag.segments = segments.collect();
    choose(&route, &flag, subject, START, 0)
}

/// Traces what [`choose`] evaluates.
pub(crate) fn traced(state: &State, declaration: &Declaration, subject: &Attributes<'_>, now: i64, draw: u64) -> Trace {
    let subject = AttributeSubject { attributes: subject, segments: &declaration.segments };
    let legend = TraceContext { declaration, attributes: &program(), state: Some(state) };
    trace(&route(state, declaration), legend, &subject, Timestamp::from_millis(now), draw)
}

/// Returns a state with only this selector, as `otherwise`.
pub(crate) fn only(selector: impl Into<Selector>) -> State {
    let mut state = State::default();
    state.otherwise = Some(selector.into());
    state
}

/// Returns the state of an enabled flag with only this selector, as `otherwise`.
pub(crate) fn enabled_flag(selector: impl Into<Selector>) -> State {
    let (created_at, created_by) = (Timestamp::from_millis(START), "ada".to_owned());
    let flag = FlagState { enabled: true, archived: false, created_at, created_by, client_data: Map::new() };
    let mut state = only(selector);
    state.flag = Some(flag);
    state
}

/// Parses a state.
pub(crate) fn state(json: &str) -> State {
    let state: State = json.parse().unwrap();
    assert_eq!(state.problems(), []);
    state
}

/// Waits for a future of an app.
pub(crate) fn wait<F: IntoFuture>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future.into_future())
}
