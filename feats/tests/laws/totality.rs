//! Totality: every state and every subject has a choice, without a panic.

use std::cell::Cell;

use feats::compile::{Choices, Compiled, Route};
use feats::evaluate::evaluate;
use feats::model::{AttributeSubject, Declaration, RANDOM, Selector, Subject};
use feats::{Attributes, State, Timestamp, Value};
use proptest::prelude::*;

use super::generators::{any_json, attributes, damaged, declaration, instant, state};
use super::interpreter::Interpreter;
use super::world::{cases, choose, program, stored, to_publish};

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn any_json_compiles_to_a_route_or_problems(
        json in prop_oneof![any_json(), damaged()], declaration in declaration(), subject in attributes(),
        now in instant(), draw in any::<u64>(),
    ) {
        let state = State::from_json(&json);
        for compiled in [stored(&state, &declaration), to_publish(&state, &declaration)] {
            prop_assert_eq!(compiled.route.is_none(), !compiled.problems.is_empty() && !is_pinned(&state, &declaration));
            for problem in &compiled.problems {
                let part = problem.path().split(['.', '[']).next().unwrap_or_default();
                prop_assert!(["", "pinned", "overrides", "rules", "otherwise", "values"].contains(&part), "{}", problem);
                prop_assert!(!problem.message().is_empty());
            }
            if let Some(route) = &compiled.route {
                let outcome = choose(route, &declaration, &subject, now, draw);
                prop_assert!(route.choices().name(outcome.choice).is_some());
            }
        }
        if let Compiled { route: Some(route), problems } = stored(&state, &declaration) && problems.is_empty() {
            let naive = Interpreter { declaration: &declaration, program: &program(), subject: &subject, now, draw };
            let outcome = choose(&route, &declaration, &subject, now, draw);
            prop_assert_eq!(&**route.choices().name(outcome.choice).unwrap(), naive.decide(&state).choice);
        }
    }

    #[test]
    fn any_text_parses_to_a_state_or_an_error(text in prop_oneof!["\\PC{0,40}", any_json().prop_map(|json| json.to_string())]) {
        if let Ok(state) = text.parse::<State>() {
            prop_assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state);
        }
    }

    #[test]
    fn decisions_are_deterministic(
        state in state(), declaration in declaration(), subject in attributes(), now in instant(), draw in any::<u64>(),
    ) {
        let [one, two] = [(); 2].map(|()| stored(&state.clone(), &declaration).route.unwrap());
        let first = choose(&one, &declaration, &subject, now, draw);
        prop_assert_eq!(choose(&one, &declaration, &subject, now, draw), first);
        prop_assert_eq!(choose(&two, &declaration, &subject, now, draw), first);
        prop_assert_eq!(first.version, one.version());
    }

    #[test]
    fn every_source_is_evaluated_at_most_once_and_only_if_needed(
        state in state(), declaration in declaration(), subject in attributes(), now in instant(), draw in any::<u64>(),
    ) {
        let route = stored(&state, &declaration).route.unwrap();
        let evaluations = Evaluations::new(&route, &declaration, &subject, now, draw);
        prop_assert!(evaluations.segments.iter().all(|times| times.get() <= 1), "{:?}", evaluations);
        let rollouts = || {
            let selectors = state.rules.iter().map(|rule| &rule.select).chain(&state.otherwise);
            selectors.filter_map(Selector::rollout)
        };
        prop_assert!(evaluations.now.get() <= u32::from(rollouts().any(|rollout| rollout.ramp.is_some())));
        prop_assert!(evaluations.draws.get() <= u32::from(rollouts().any(|rollout| rollout.by == RANDOM)));
        if state.pinned.is_some() {
            prop_assert!(evaluations.segments.iter().all(|times| times.get() == 0), "a pin evaluates a segment");
        }
    }
}

fn is_pinned(state: &State, declaration: &Declaration) -> bool {
    let choices = Choices::new(declaration, state);
    state.pinned.as_deref().is_some_and(|name| choices.position(name).is_some())
}

/// The number of evaluations of each source.
#[derive(Debug)]
struct Evaluations {
    segments: Vec<Cell<u32>>,
    now: Cell<u32>,
    draws: Cell<u32>,
}

struct Counting<'a> {
    values: AttributeSubject<'a>,
    evaluations: &'a Evaluations,
}

impl Subject for Counting<'_> {
    fn value(&self, position: u16) -> Option<Value<'_>> {
        self.evaluations.segments[usize::from(position)].update(|times| times + 1);
        self.values.value(position)
    }
}

impl Evaluations {
    fn new(route: &Route, declaration: &Declaration, subject: &Attributes<'_>, now: i64, draw: u64) -> Self {
        let segments = vec![Cell::new(0); declaration.segments.len()];
        let evaluations = Self { segments, now: Cell::new(0), draws: Cell::new(0) };
        let values = AttributeSubject { attributes: subject, segments: &declaration.segments };
        let now = || {
            evaluations.now.update(|times| times + 1);
            Timestamp::from_millis(now)
        };
        let draw = || {
            evaluations.draws.update(|times| times + 1);
            draw
        };
        evaluate(route, &Counting { values, evaluations: &evaluations }, now, draw);
        evaluations
    }
}
