//! Walking through a route as an evaluation does, and writing down what each part says.
//!
//! What a condition says and what a selector chooses is asked of the compiled ones, so that a trace cannot tell another
//! story than the decision; a property test holds the two against each other.

use std::cell::Cell;
use std::sync::Arc;

use super::{
    BucketingTrace, EntryTrace, NotEnrolled, PredicateTrace, PriorUse, RampPhase, Step, Trace, TracePart, Verdict,
};
use crate::compile::route::experiment::Experiment;
use crate::compile::route::matcher::Test;
use crate::compile::route::select::{Rollout, Select};
use crate::compile::route::source::Source;

use crate::bucketing::scale;
use crate::compile::route::{Rule, UnitOverrides};
use crate::compile::{Choices, Route};
use crate::evaluate::{
    AssignmentObserver, Chosen, EvaluationContext, NoopObserver, PriorAssignment, Reason, Values, holds, select,
};
use crate::model::{self, Attributes, Condition, Declaration, Percent, RANDOM, State, Subject, Timestamp, Value};

/// What positions in a route are called.
#[derive(Clone, Copy, Debug)]
pub struct TraceContext<'a> {
    /// The feature that the route is compiled for.
    pub declaration: &'a Declaration,
    /// The attributes of the program that it is compiled with.
    pub attributes: &'a Attributes<'a>,
    /// The state that it is compiled from, where that is at hand. Without it, no checks are told.
    pub state: Option<&'a State>,
}

/// Traces a decision: what [`evaluate`](crate::evaluate::evaluate()) chooses at that instant and with that draw, and the
/// way there. A segment of the subject may be asked more than once.
pub fn trace<S: Subject + ?Sized>(
    route: &Route,
    legend: TraceContext<'_>,
    subject: &S,
    now: Timestamp,
    draw: u64,
) -> Trace {
    trace_before(route, legend, subject, now, draw, &NoopObserver)
}

/// Traces a decision before a witness, who is asked for what units used.
pub fn trace_before<S: Subject + ?Sized>(
    route: &Route,
    legend: TraceContext<'_>,
    subject: &S,
    now: Timestamp,
    draw: u64,
    witness: &dyn AssignmentObserver,
) -> Trace {
    let mut walk = Walk {
        ground: Ground { legend, choices: route.choices(), values: Values::asked_anew(subject), now, draw, witness },
        steps: Vec::new(),
        decided: None,
    };
    if let Some(choice) = route.pinned {
        walk.step(TracePart::Pinned, Reason::Pinned, |_| Finding::chosen(Chosen::fixed(choice)));
    }
    for overrides in route.overrides.iter() {
        let (segment, of) = legend.segment(overrides.source);
        let part = TracePart::Override { segment, input: of, value: walk.ground.value(overrides.source) };
        walk.step(part, Reason::UnitOverride, |ground| ground.overrides(overrides));
    }
    for (rule, position) in route.rules.iter().zip(0..) {
        let name = route.rule_name(position).unwrap_or_default().to_owned();
        walk.step(TracePart::Rule { name, position }, Reason::Rule, |ground| ground.rule(rule, position));
    }
    if let Some(otherwise) = &route.otherwise {
        walk.step(TracePart::Otherwise, Reason::Otherwise, |ground| ground.select(otherwise));
    }
    walk.step(TracePart::Default, Reason::Default, |_| Finding::chosen(Chosen::fixed(route.default)));
    walk.finish(route)
}

/// The way so far.
struct Walk<'a, S: ?Sized> {
    ground: Ground<'a, S>,
    steps: Vec<Step>,
    /// What decided, and the position of its step.
    decided: Option<(Chosen, Reason, usize)>,
}

/// What stays the same on the way.
struct Ground<'a, S: ?Sized> {
    legend: TraceContext<'a>,
    choices: &'a Choices,
    values: Values<'a, S, 0>,
    now: Timestamp,
    draw: u64,
    witness: &'a dyn AssignmentObserver,
}

/// What a part of the state said.
struct Finding {
    /// What it chose, or why it chose nothing.
    chosen: Result<Chosen, Verdict>,
    checks: Vec<PredicateTrace>,
    dealt: Option<BucketingTrace>,
}

/// Asks a witness, and keeps the answer. Tells it nothing: a trace is no use of anything.
struct Asking<'a> {
    witness: &'a dyn AssignmentObserver,
    answer: Cell<Option<PriorAssignment>>,
}

impl<S: Subject + ?Sized> Walk<'_, S> {
    fn step(&mut self, part: TracePart, reason: Reason, ask: impl FnOnce(&Ground<'_, S>) -> Finding) {
        if self.decided.is_some() {
            let part = match part {
                TracePart::Override { segment, input: of, .. } => {
                    TracePart::Override { segment, input: of, value: None }
                }
                part => part,
            };
            self.steps.push(Step { part, verdict: Verdict::NotReached, predicates: Vec::new(), bucketing: None });
            return;
        }
        let Finding { chosen, checks, dealt } = ask(&self.ground);
        let verdict = chosen.map(|chosen| {
            let reason = if chosen.provisional { Reason::Provisional } else { reason };
            self.decided = Some((chosen, reason, self.steps.len()));
            Verdict::Decides { choice: self.ground.choice(chosen.choice) }
        });
        let verdict = verdict.unwrap_or_else(|verdict| verdict);
        self.steps.push(Step { part, verdict, predicates: checks, bucketing: dealt });
    }

    fn finish(self, route: &Route) -> Trace {
        let default = (Chosen::fixed(route.default), Reason::Default, 0);
        let (chosen, reason, step) = self.decided.unwrap_or(default);
        let rule = match self.steps.get(step).map(|step| &step.part) {
            Some(TracePart::Rule { name, .. }) => Some(name.clone()),
            _ => None,
        };
        let (choice, version) = (self.ground.choice(chosen.choice), route.version());
        Trace { choice, reason, rule, version, slot: chosen.slot, time: self.ground.now, steps: self.steps }
    }
}

impl<S: Subject + ?Sized> Ground<'_, S> {
    fn choice(&self, position: u16) -> String {
        self.choices.name(position).map(|name| name.to_string()).unwrap_or_default()
    }

    fn overrides(&self, overrides: &UnitOverrides) -> Finding {
        let listed = self.values.with(overrides.source, |value| value.map(|value| overrides.choices.get(value)));
        match listed {
            None => Finding::not(Verdict::Unknown),
            Some(None) => Finding::not(Verdict::Fails),
            Some(Some(choice)) => Finding::chosen(Chosen::fixed(choice)),
        }
    }

    fn rule(&self, rule: &Rule, position: u16) -> Finding {
        let mut checks = Vec::new();
        let known = self.legend.state.and_then(|state| state.rules.get(usize::from(position)));
        if let Some(known) = known {
            self.checks(&known.when, &rule.test, &mut checks);
        }
        let finding = match holds(&rule.test, &self.values) {
            Some(true) => self.select(&rule.select),
            Some(false) => Finding::not(Verdict::Fails),
            None => Finding::not(Verdict::Unknown),
        };
        Finding { checks, ..finding }
    }

    /// The checks of a condition beside their compiled tests: the two have the same form.
    fn checks(&self, condition: &Condition, test: &Test, checks: &mut Vec<PredicateTrace>) {
        match (condition, test) {
            (Condition::All { all: parts }, Test::All(tests)) | (Condition::Any { any: parts }, Test::Any(tests)) => {
                parts.iter().zip(tests.iter()).for_each(|(part, test)| self.checks(part, test, checks));
            }
            (Condition::Not { not }, Test::Not(test)) => self.checks(not, test, checks),
            (Condition::Predicate(check), test) => {
                let value = match (test, &check.source) {
                    (Test::Check { source, .. }, _) => self.value(*source),
                    (_, model::Source::Attribute { attribute }) => {
                        self.legend.attributes.get(attribute).cloned().map(Value::into_owned)
                    }
                    (_, model::Source::Segment { .. }) => None,
                };
                checks.push(PredicateTrace { predicate: check.clone(), value, holds: holds(test, &self.values) });
            }
            _ => {}
        }
    }

    fn select(&self, selector: &Select) -> Finding {
        let asking = Asking { witness: self.witness, answer: Cell::new(None) };
        let surroundings = EvaluationContext::new(|| self.now, || self.draw, &asking);
        let chosen = select(selector, &self.values, &surroundings);
        let dealt = match selector {
            Select::Static(_) => None,
            Select::Rollout(rollout) => Some(self.rollout(rollout)),
            Select::Experiment(by, experiment) => Some(self.experiment(*by, experiment, asking.answer.take())),
        };
        let chosen = chosen.ok_or_else(|| {
            let because = match &dealt {
                Some(BucketingTrace { unit: None, .. }) => NotEnrolled::NoUnit,
                Some(BucketingTrace { slot: None, .. }) => NotEnrolled::NotAUnit,
                _ => NotEnrolled::OutsideShare,
            };
            Verdict::NotEnrolled { reason: because }
        });
        Finding { chosen, checks: Vec::new(), dealt }
    }

    fn rollout(&self, rollout: &Rollout) -> BucketingTrace {
        let unit = rollout.by.and_then(|by| self.value(by));
        let slot = match rollout.by {
            Some(_) => unit.as_ref().and_then(|unit| rollout.seed.slot(unit)),
            None => Some(scale(self.draw)),
        };
        let owner = slot.and_then(|slot| rollout.owner(slot, || self.now));
        let side = rollout.ramp.as_ref().zip(slot).and_then(|(ramp, slot)| ramp.side(slot));
        let ramp = side.map(|side| {
            let moves = side.from != side.to;
            let [from, to] = [side.from, side.to].map(|owner| self.choice(owner));
            RampPhase { from, to, moves_at: moves.then_some(side.at), moved: moves && side.at <= self.now }
        });
        BucketingTrace { unit, slot, owner: self.owner(owner), ramp, ..self.bucketing(rollout.by, false) }
    }

    fn experiment(&self, by: Source, experiment: &Experiment, answer: Option<PriorAssignment>) -> BucketingTrace {
        let unit = self.value(by);
        let slot = unit.as_ref().and_then(|unit| experiment.slot(unit));
        let entry = unit.as_ref().and_then(|unit| experiment.entry(unit)).map(|(position, share)| EntryTrace {
            position,
            share: Percent::of_slots(share).0,
            enters: position < share,
        });
        let past = answer.map(|answer| match answer {
            PriorAssignment::Unknown => PriorUse::Unknown,
            PriorAssignment::Unused => PriorUse::Unused,
            PriorAssignment::Used(choice) => PriorUse::Used(self.choice(choice)),
        });
        let owner = self.owner(slot.and_then(|slot| experiment.owner(slot)));
        BucketingTrace { unit, slot, owner, entry, prior_use: past, ..self.bucketing(Some(by), true) }
    }

    fn bucketing(&self, by: Option<Source>, experiment: bool) -> BucketingTrace {
        let (by, of) = by.map_or_else(|| (RANDOM.to_owned(), None), |by| self.legend.segment(by));
        let (unit, slot, owner, ramp, entry, past) = Default::default();
        BucketingTrace { experiment, by, input: of, unit, slot, owner, ramp, entry, prior_use: past }
    }

    fn owner(&self, owner: Option<u16>) -> Option<String> {
        owner.map(|owner| self.choice(owner))
    }

    fn value(&self, source: Source) -> Option<Value<'static>> {
        self.values.with(source, |value| value.map(|value| value.clone().into_owned()))
    }
}

impl TraceContext<'_> {
    fn segment(&self, source: Source) -> (String, Option<String>) {
        let fitting = self.declaration.segments.get(usize::from(source.position));
        let name = fitting.map(|fitting| fitting.segment.to_string()).unwrap_or_default();
        (name, fitting.and_then(|fitting| fitting.input.as_deref().map(str::to_owned)))
    }
}

impl Finding {
    fn chosen(chosen: Chosen) -> Self {
        Self { chosen: Ok(chosen), checks: Vec::new(), dealt: None }
    }

    fn not(verdict: Verdict) -> Self {
        Self { chosen: Err(verdict), checks: Vec::new(), dealt: None }
    }
}

impl AssignmentObserver for Asking<'_> {
    fn prior_assignment(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> PriorAssignment {
        let answer = self.witness.prior_assignment(experiment, unit);
        self.answer.set(Some(answer));
        answer
    }

    fn on_assigned(&self, _: &Arc<Experiment>, _: &Value<'_>, _: u16, _: bool) {}
}
