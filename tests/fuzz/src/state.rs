//! States as JSON: compiling returns a route or problems, and a route always chooses an implementation.

use feats::compile::{Context, Route, Stage, compile};
use feats::evaluate::evaluate;
use feats::explain::{TraceContext, trace};
use feats::model::{AttributeSubject, Declaration, RampFrom, ValueKind};
use feats::warnings::warnings;
use feats::{Attributes, State, Timestamp, describe};

use crate::world::{ada, payments, program};

/// The version of the compiled states.
const VERSION: u64 = 7;

/// Instants and random draws at the limits of their types, and in between.
const MOMENTS: [(i64, u64); 4] = [(i64::MIN, 0), (0, 1), (1_796_115_600_000, u64::MAX / 2), (i64::MAX, u64::MAX)];

pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(state) = text.parse::<State>() {
        check(&state);
    }
}

/// Checks the properties that hold for every state of a feature, and for that of a flag as well if it is one.
pub(crate) fn check(state: &State) {
    check_as(state, &payments());
    if state.flag.is_some() {
        check_as(state, &Declaration::flag("Payments"));
    }
}

fn check_as(state: &State, declaration: &Declaration) {
    let attributes = program();
    let context = |stage| Context { declaration, attributes: &attributes, stage, version: VERSION };
    let stored = compile(state, context(Stage::Stored));
    let others = ["Region".to_owned()];
    let published = compile(state, context(Stage::Publish { other_attributes: &others }));
    for compiled in [&stored, &published] {
        assert!(compiled.route.is_some() || !compiled.problems.is_empty(), "neither a route nor a problem");
    }
    if let Some(route) = &stored.route {
        for subject in [ada(), Attributes::new()] {
            decide(route, state, declaration, &subject);
        }
    }
    if state.problems().is_empty() {
        let again = State::from_json(&state.to_json());
        assert_eq!(again, rounded(state), "a state survives serialization");
    }
    for (now, _) in MOMENTS {
        let now = Timestamp::from_millis(now);
        for warning in warnings(state, declaration, now) {
            drop(describe::warning(&warning).to_string());
        }
        drop(describe::parts(state, now));
    }
}

/// Returns a state with the percentages that are written for its own: without floating-point rounding errors.
fn rounded(state: &State) -> State {
    let mut state = state.clone();
    let selectors = state.rules.iter_mut().map(|rule| &mut rule.select).chain(&mut state.otherwise);
    for selector in selectors {
        if let Some(experiment) = selector.experiment_mut() {
            experiment.share = experiment.share.rounded();
        }
        if let Some(rollout) = selector.rollout_mut() {
            let from = match rollout.ramp.as_mut().and_then(|ramp| ramp.from.as_mut()) {
                Some(RampFrom::Weights(weights)) => Some(weights),
                Some(RampFrom::Slots(_)) | None => None,
            };
            let weights = from.into_iter().chain([&mut rollout.weights]).flat_map(|weights| weights.values_mut());
            weights.for_each(|weight| *weight = weight.rounded());
        }
    }
    state
}

fn decide(route: &Route, state: &State, declaration: &Declaration, attributes: &Attributes<'_>) {
    // The attributes of a flag have the names that its state uses.
    let named = route
        .attributes()
        .iter()
        .fold(Declaration::new("Payments", [""]), |named, name| named.segment(name, ValueKind::Text));
    let segments = if declaration.flag { &named.segments } else { &declaration.segments };
    let subject = AttributeSubject { attributes, segments };
    for (now, draw) in MOMENTS {
        let now = Timestamp::from_millis(now);
        let outcome = evaluate(route, &subject, || now, || draw);
        let choice = route.choices().name(outcome.choice);
        assert!(choice.is_some(), "unknown choice: {outcome:?}");
        let legend = TraceContext { declaration, attributes: &program(), state: Some(state) };
        let traced = trace(route, legend, &subject, now, draw);
        assert_eq!(choice.map(|choice| &**choice), Some(traced.choice.as_str()), "explain agrees with evaluate");
        drop(describe::trace(&traced));
    }
}
