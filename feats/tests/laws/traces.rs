//! Traces: they match the decision, and each check and ramp matches a naive interpreter.

use feats::bucketing::allocation;
use feats::evaluate::Outcome;
use feats::explain::{NotEnrolled, Step, TracePart, Verdict};
use feats::model::{Condition, Operator, Rollout, Selector};
use feats::{Reason, State, Value, attributes, describe};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::desk::{Desk, by_user};
use super::generators::{attributes, condition, declaration, instant, name, rollout, shares, state};
use super::interpreter::{Interpreter, Truth};
use super::world::{NAMES, START, cases, choose, feature, only, program, route, traced, wait};

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_trace_matches_the_decision(
        declaration in declaration(), state in state(), subjects in vec(attributes(), 4),
        now in instant(), draw in any::<u64>(),
    ) {
        let route = route(&state, &declaration);
        for subject in subjects {
            let Outcome { choice, reason, rule, version, slot, .. } = choose(&route, &declaration, &subject, now, draw);
            let trace = traced(&state, &declaration, &subject, now, draw);
            let name = rule.map(|at| state.rules[usize::from(at)].name.clone());
            prop_assert_eq!(&*trace.choice, declaration.implementation(choice));
            prop_assert_eq!((trace.reason, &trace.rule, trace.version, trace.slot), (reason, &name, version, slot));

            let deciding = trace.steps.iter().position(|step| matches!(step.verdict, Verdict::Decides { .. })).unwrap();
            let not_reached = |step: &Step| step.verdict == Verdict::NotReached;
            prop_assert!(!trace.steps[..deciding].iter().any(not_reached));
            prop_assert!(trace.steps[deciding + 1..].iter().all(not_reached));
            let rules: Vec<_> = trace.steps.iter().filter_map(|step| match &step.part {
                TracePart::Rule { name, .. } => Some(name),
                _ => None,
            }).collect();
            prop_assert_eq!(rules, state.rules.iter().map(|rule| &rule.name).collect::<Vec<_>>());
            prop_assert_eq!(describe::trace(&trace).len(), trace.steps.len());
        }
    }

    /// Each check has its own result, independent of the surrounding condition.
    #[test]
    fn every_check_of_a_reached_rule_matches_the_interpreter(
        conditions in vec(condition(), 1..4), subject in attributes(),
    ) {
        let (feature, program) = (feature(), program());
        let naive = Interpreter { declaration: &feature, program: &program, subject: &subject, now: START, draw: 0 };
        let mut state = State::default();
        state.rules = conditions.into_iter().zip(1..).map(|(when, at)| {
            feats::model::Rule::new(format!("rule {at}"), when, Selector::Static("zeta".to_owned()))
        }).collect();
        let trace = traced(&state, &feature, &subject, START, 0);
        for (step, rule) in trace.steps.iter().zip(&state.rules) {
            let expected = match (naive.condition(&rule.when), &step.verdict) {
                (_, Verdict::NotReached) => {
                    prop_assert!(step.predicates.is_empty());
                    continue;
                }
                (Truth::True, _) => Verdict::Decides { choice: "zeta".to_owned() },
                (Truth::False, _) => Verdict::Fails,
                (Truth::Unknown, _) => Verdict::Unknown,
            };
            prop_assert_eq!(&step.verdict, &expected);
            for checked in &step.predicates {
                let expected = match naive.condition(&Condition::Predicate(checked.predicate.clone())) {
                    Truth::True => Some(true),
                    Truth::False => Some(false),
                    Truth::Unknown => None,
                };
                prop_assert_eq!(checked.holds, expected);
                // A value that is neither a version nor a time is a value nevertheless.
                let may_be_unreadable = matches!(checked.predicate.operator, Operator::Semver(_) | Operator::Before(_) | Operator::After(_));
                prop_assert!(checked.value.is_some() || expected.is_none());
                prop_assert!(checked.value.is_none() || expected.is_some() || may_be_unreadable);
            }
            prop_assert_eq!(step.predicates.len(), count(&rule.when));
        }
    }

    /// The reported instant is the first one at which the slot has its new owner.
    #[test]
    fn the_phase_of_a_ramp_is_exact_to_the_millisecond(
        rollout in rollout(), unit in "[a-z]{1,5}", now in instant(), draw in any::<u64>(),
    ) {
        let subject = attributes! {
            "Country" => unit.clone(), "Plan" => unit.clone(), "UserId" => unit.clone(), "Tester" => unit.clone(), "Zip" => unit
        };
        let feature = feature();
        let state = only(rollout);
        let trace = traced(&state, &feature, &subject, now, draw);
        let Some(side) = trace.steps[0].bucketing.as_ref().and_then(|bucketing| bucketing.ramp.clone()) else { return Ok(()) };
        prop_assert_eq!(&trace.choice, if side.moved { &side.to } else { &side.from });
        match side.moves_at {
            None => prop_assert_eq!(side.from, side.to),
            Some(at) => {
                let route = route(&state, &feature);
                let choice = |millis| choose(&route, &feature, &subject, millis, draw).choice;
                prop_assert_eq!(feature.implementation(choice(at.as_millis())), side.to);
                prop_assert_eq!(feature.implementation(choice(at.as_millis() - 1)), side.from);
                prop_assert_eq!(side.moved, at.as_millis() <= now);
            }
        }
    }

    #[test]
    fn a_pin_decides_before_everything_else(mut state in state(), pin in name(), subject in attributes()) {
        state.pinned = Some(pin.clone());
        let trace = traced(&state, &feature(), &subject, START, 0);
        prop_assert_eq!((&trace.steps[0].part, &trace.choice), (&TracePart::Pinned, &pin));
        prop_assert!(trace.steps[1..].iter().all(|step| step.verdict == Verdict::NotReached));
    }
}

proptest! {
    #![proptest_config(cases(20))]

    /// This includes new rollouts, because a change creates the same seeds each time.
    #[test]
    fn the_trace_of_a_change_matches_decisions_after_publishing(
        first in shares(), second in shares(), ids in vec(any::<u32>(), 1..9),
    ) {
        let desk = Desk::open();
        for shares in [first, second] {
            let change = desk.feature.edit().rule("canary", Condition::always(), by_user(&shares)).author("ada");
            let subjects: Vec<_> = ids.iter().map(|id| attributes! { "UserId" => *id }).collect();
            let traces: Vec<_> = subjects.iter().map(|subject| wait(change.trace(subject)).unwrap()).collect();
            let state = wait(change.preview()).unwrap().state;
            wait(change.publish()).unwrap();
            prop_assert_eq!(desk.feature.state(), state);
            for (subject, trace) in subjects.iter().zip(traces) {
                let decision = desk.feature.explain(subject);
                prop_assert_eq!(&trace, &desk.feature.trace(subject));
                prop_assert_eq!((&*trace.choice, trace.slot), (&*decision.value(), decision.slot()));
                prop_assert_eq!((trace.reason, trace.rule.as_deref()), (decision.reason(), decision.rule()));
                prop_assert_eq!(Some(trace.version), decision.version());
            }
        }
    }
}

/// The rules of the last valid revision decide, whose state is not available as text.
#[test]
fn the_trace_of_a_quarantined_feature_shows_the_last_valid_revision() {
    let desk = Desk::open();
    let subject = attributes! {};
    let parts = |steps: &[Step]| steps.iter().map(|step| step.part.clone()).collect::<Vec<_>>();
    desk.append_unchecked(&json!({ "rules": [{ "name": "new", "select": { "static": "unknown" } }] }));
    let trace = desk.feature.trace(&subject);
    assert_eq!((trace.reason, trace.version, parts(&trace.steps)), (Reason::Quarantined, 0, vec![TracePart::Default]));

    let country = Condition::segment("Country", feats::model::Operator::Eq(Value::from("CA")));
    let mut state = State::default();
    state.rules = vec![feats::model::Rule::new("good", country, Selector::Static("zeta".to_owned()))];
    desk.replace(state).unwrap();
    desk.append_unchecked(&json!({ "rules": [{ "name": "new", "select": { "static": "unknown" } }] }));
    let trace = desk.feature.trace(&attributes! { "Country" => "CA" });
    let good = TracePart::Rule { name: "good".to_owned(), position: 0 };
    assert_eq!((&*trace.choice, trace.version, trace.steps[0].predicates.len()), ("zeta", 2, 0));
    assert_eq!(parts(&trace.steps), [good, TracePart::Default]);

    // A pin would apply first, and then the old rules.
    let pinned = wait(desk.feature.pin("premium").trace(&subject)).unwrap();
    assert_eq!((&*pinned.choice, pinned.reason, pinned.version), ("premium", Reason::Pinned, 4));
    wait(desk.feature.pin("premium").publish()).unwrap();
    let unpinned = wait(desk.feature.unpin().trace(&subject)).unwrap();
    wait(desk.feature.unpin().publish()).unwrap();
    assert_eq!(unpinned, desk.feature.trace(&subject));
    assert_eq!((unpinned.version, parts(&unpinned.steps).len()), (2, 2));
    let removed = wait(desk.feature.remove_state().trace(&subject)).unwrap();
    assert_eq!((&*removed.choice, removed.reason), ("acme", Reason::NoState));
}

#[test]
fn a_skipped_rollout_has_a_reason() {
    let mut rollout = Rollout::new("UserId", [("premium", 100.0)]);
    rollout.seed = Some("9f3k2m7q1x8c4v5b".to_owned());
    rollout.slots = allocation::initial(&[("premium".to_owned(), 1_000_000)].into(), 1);
    let mut experiment = feats::model::Experiment::from(rollout.clone());
    experiment.share = feats::model::Percent(0.0);
    let feature = feature();
    let passed = |selector: Selector, value: Option<Value<'static>>| {
        let subject = value.into_iter().map(|value| ("UserId", value)).collect();
        let trace = traced(&only(selector), &feature, &subject, START, 0);
        assert_eq!(trace.choice, NAMES[0]);
        match trace.steps[0].verdict {
            Verdict::NotEnrolled { reason: because } => (because, describe::trace(&trace)[0].to_string()),
            ref other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        passed(rollout.clone().into(), None),
        (NotEnrolled::NoUnit, "Everyone else: skipped: UserId is not set.".to_owned())
    );
    assert_eq!(
        passed(rollout.into(), Some(Value::from(42.5))),
        (NotEnrolled::NotAUnit, "Everyone else: skipped: UserId 42.5 is not a unit.".to_owned())
    );
    assert_eq!(
        passed(experiment.into(), Some(Value::from(42))),
        (
            NotEnrolled::OutsideShare,
            "Everyone else: skipped: UserId 42 does not enter the experiment: its entry position 570 895 of \
             1 000 000 is outside 0%."
                .to_owned()
        )
    );
}

#[test]
fn a_slot_is_shown_with_its_owner() {
    let mut rollout = Rollout::new("UserId", [("acme", 95.0), ("aperture", 5.0)]);
    rollout.seed = Some("9f3k2m7q1x8c4v5b".to_owned());
    rollout.slots = allocation::initial(&[("acme".to_owned(), 950_000), ("aperture".to_owned(), 50_000)].into(), 1);
    let trace = traced(&only(rollout), &feature(), &attributes! { "UserId" => 42 }, START, 0);
    assert_eq!(
        describe::trace(&trace).iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "Everyone else: serves acme. UserId 42 has slot 176 419 of 1 000 000, assigned acme.",
            "Default: not reached.",
        ]
    );
}

fn count(condition: &Condition) -> usize {
    match condition {
        Condition::All { all: parts } | Condition::Any { any: parts } => parts.iter().map(count).sum(),
        Condition::Not { not } => count(not),
        Condition::Predicate(_) => 1,
    }
}
