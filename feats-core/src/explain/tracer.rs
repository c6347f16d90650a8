//! The tracer, which walks through a route like an evaluation and records the result of each part.
//!
//! Conditions and selectors are evaluated in their compiled form, so that a trace cannot differ from the decision. A property
//! test verifies this.

use std::cell::Cell;
use std::sync::Arc;

use super::{
    BucketTrace, BucketingTrace, EntryTrace, NotEnrolled, PredicateTrace, PriorUse, RampPhase, Step, Trace, TracePart,
    UnitTrace, Verdict,
};
use crate::compile::route::experiment::Experiment;
use crate::compile::route::matcher::CompiledCondition;
use crate::compile::route::select::{Rollout, Select, Units};
use crate::compile::route::source::Source;

use crate::bucketing::scale;
use crate::compile::Route;
use crate::compile::route::{Rule, UnitOverrides};
use crate::evaluate::{
    AssignmentObserver, EvaluationContext, Located, NoopObserver, PriorAssignment, Reason, Selection, Values, holds,
    locate, select,
};
use crate::model::{
    self, Attributes, By, Condition, Declaration, Percent, RANDOM, Selector, State, Subject, Timestamp, Value,
};

/// The names behind the indexes of a route.
#[derive(Clone, Copy, Debug)]
pub struct TraceContext<'a> {
    /// The feature that the route is compiled for.
    pub declaration: &'a Declaration,
    /// The attributes of the program.
    pub attributes: &'a Attributes<'a>,
    /// The state from which the route was compiled, if available. Without it, the trace contains no predicates.
    pub state: Option<&'a State>,
}

/// Traces an evaluation: the choice that [`evaluate`](crate::evaluate::evaluate()) makes at the same instant with the same draw,
/// and how it is made. A segment of the subject may be computed more than once.
pub fn trace<S: Subject + ?Sized>(
    route: &Route,
    context: TraceContext<'_>,
    subject: &S,
    now: Timestamp,
    draw: u64,
) -> Trace {
    trace_with_observer(route, context, subject, now, draw, &NoopObserver)
}

/// Like [`trace`], but consults `observer` for sticky assignments.
pub fn trace_with_observer<S: Subject + ?Sized>(
    route: &Route,
    context: TraceContext<'_>,
    subject: &S,
    now: Timestamp,
    draw: u64,
    observer: &dyn AssignmentObserver,
) -> Trace {
    let mut tracer = Tracer {
        inputs: Inputs { context, route, values: Values::uncached(subject), now, draw, observer },
        steps: Vec::new(),
        decided: None,
    };
    if let Some(choice) = route.pinned {
        tracer.step(TracePart::Pinned, Reason::Pinned, |_| StepResult::selected(Selection::fixed(choice)));
    }
    for overrides in route.overrides.iter() {
        let (segment, input) = context.segment(overrides.source, route);
        let part = TracePart::Override { segment, input, value: tracer.inputs.value(overrides.source) };
        tracer.step(part, Reason::UnitOverride, |inputs| inputs.overrides(overrides));
    }
    for (rule, position) in route.rules.iter().zip(0..) {
        let name = route.rule_name(position).unwrap_or_default().to_owned();
        tracer.step(TracePart::Rule { name, position }, Reason::Rule, |inputs| inputs.rule(rule, position));
    }
    if let Some(otherwise) = &route.otherwise {
        tracer.step(TracePart::Otherwise, Reason::Otherwise, |inputs| inputs.select(otherwise));
    }
    tracer.step(TracePart::Default, Reason::Default, |_| StepResult::selected(Selection::fixed(route.default)));
    tracer.finish(route)
}

/// A trace in progress.
struct Tracer<'a, S: ?Sized> {
    inputs: Inputs<'a, S>,
    steps: Vec<Step>,
    /// The selection, its reason, and the index of its step.
    decided: Option<(Selection, Reason, usize)>,
}

/// The inputs of a trace, which do not change.
struct Inputs<'a, S: ?Sized> {
    context: TraceContext<'a>,
    route: &'a Route,
    values: Values<'a, S, 0>,
    now: Timestamp,
    draw: u64,
    observer: &'a dyn AssignmentObserver,
}

/// The result of a part of the state.
struct StepResult {
    /// The selection, or the reason why there is none.
    selection: Result<Selection, Verdict>,
    predicates: Vec<PredicateTrace>,
    bucketing: Option<BucketingTrace>,
}

/// An observer that records the answer of another one. It does not forward notifications: a trace is not a use.
struct RecordingObserver<'a> {
    observer: &'a dyn AssignmentObserver,
    answer: Cell<Option<PriorAssignment>>,
}

impl<S: Subject + ?Sized> Tracer<'_, S> {
    fn step(&mut self, part: TracePart, reason: Reason, evaluate: impl FnOnce(&Inputs<'_, S>) -> StepResult) {
        if self.decided.is_some() {
            let part = match part {
                TracePart::Override { segment, input, .. } => TracePart::Override { segment, input, value: None },
                part => part,
            };
            self.steps.push(Step { part, verdict: Verdict::NotReached, predicates: Vec::new(), bucketing: None });
            return;
        }
        let StepResult { selection, predicates, bucketing } = evaluate(&self.inputs);
        let verdict = selection.map(|selection| {
            let reason = if selection.provisional { Reason::Provisional } else { reason };
            self.decided = Some((selection, reason, self.steps.len()));
            Verdict::Decides { choice: self.inputs.choice(selection.choice) }
        });
        let verdict = verdict.unwrap_or_else(|verdict| verdict);
        self.steps.push(Step { part, verdict, predicates, bucketing });
    }

    fn finish(self, route: &Route) -> Trace {
        let default = (Selection::fixed(route.default), Reason::Default, 0);
        let (selection, reason, step) = self.decided.unwrap_or(default);
        let rule = match self.steps.get(step).map(|step| &step.part) {
            Some(TracePart::Rule { name, .. }) => Some(name.clone()),
            _ => None,
        };
        let (choice, version) = (self.inputs.choice(selection.choice), route.version());
        Trace { choice, reason, rule, version, slot: selection.slot, time: self.inputs.now, steps: self.steps }
    }
}

impl<S: Subject + ?Sized> Inputs<'_, S> {
    fn choice(&self, position: u16) -> String {
        self.route.choices().name(position).map(|name| name.to_string()).unwrap_or_default()
    }

    fn overrides(&self, overrides: &UnitOverrides) -> StepResult {
        let listed = self.values.with(overrides.source, |value| value.map(|value| overrides.choices.get(value)));
        match listed {
            None => StepResult::not_selected(Verdict::Unknown),
            Some(None) => StepResult::not_selected(Verdict::Fails),
            Some(Some(choice)) => StepResult::selected(Selection::fixed(choice)),
        }
    }

    fn rule(&self, rule: &Rule, position: u16) -> StepResult {
        let mut predicates = Vec::new();
        let known = self.context.state.and_then(|state| state.rules.get(usize::from(position)));
        if let Some(known) = known {
            self.predicates(&known.when, &rule.condition, &mut predicates);
            if let (Selector::Gate(gate), Select::Gate(compiled)) = (&known.select, &rule.select) {
                let conditions = gate.conditions.iter().flat_map(parts);
                conditions
                    .zip(&compiled.checks)
                    .for_each(|(part, check)| self.predicates(part, check, &mut predicates));
            }
        }
        let result = match holds(&rule.condition, &self.values) {
            Some(true) => self.select(&rule.select),
            Some(false) => StepResult::not_selected(Verdict::Fails),
            None => StepResult::not_selected(Verdict::Unknown),
        };
        StepResult { predicates, ..result }
    }

    /// Collects the predicates of a condition with their results. The compiled condition has the same structure.
    fn predicates(&self, condition: &Condition, compiled: &CompiledCondition, predicates: &mut Vec<PredicateTrace>) {
        match (condition, compiled) {
            (Condition::All { all: parts }, CompiledCondition::All(compiled))
            | (Condition::Any { any: parts }, CompiledCondition::Any(compiled)) => {
                parts
                    .iter()
                    .zip(compiled.iter())
                    .for_each(|(part, compiled)| self.predicates(part, compiled, predicates));
            }
            (Condition::Not { not }, CompiledCondition::Not(compiled)) => self.predicates(not, compiled, predicates),
            (Condition::Predicate(predicate), compiled) => {
                let value = match (compiled, &predicate.source) {
                    (CompiledCondition::Predicate { source, .. }, _) => self.value(*source),
                    (_, model::Source::Attribute { attribute }) => {
                        self.context.attributes.get(attribute).cloned().map(Value::into_owned)
                    }
                    (_, model::Source::Segment { .. }) => None,
                };
                predicates.push(PredicateTrace {
                    predicate: predicate.clone(),
                    value,
                    holds: holds(compiled, &self.values),
                });
            }
            _ => {}
        }
    }

    fn select(&self, selector: &Select) -> StepResult {
        let recorder = RecordingObserver { observer: self.observer, answer: Cell::new(None) };
        let evaluation = EvaluationContext::new(|| self.now, || self.draw, &recorder);
        let selection = select(selector, &self.values, &evaluation);
        let bucketing = match selector {
            Select::Static(_) | Select::Gate(_) => None,
            Select::Rollout(rollout) => Some(self.rollout(rollout)),
            Select::Experiment(by, experiment) => Some(self.experiment(*by, experiment, recorder.answer.take())),
        };
        let selection = selection.ok_or_else(|| {
            let reason = match &bucketing {
                // The checks of a gate are unknown.
                None => return Verdict::Unknown,
                Some(bucketing) if bucketing.has_missing_values() => NotEnrolled::NoUnit,
                Some(BucketingTrace { slot: None, .. }) => NotEnrolled::NotAUnit,
                _ => NotEnrolled::OutsideShare,
            };
            Verdict::NotEnrolled { reason }
        });
        StepResult { selection, predicates: Vec::new(), bucketing }
    }

    fn rollout(&self, rollout: &Rollout) -> BucketingTrace {
        let mut bucket = None;
        let slot = match &rollout.units {
            Units::One(by) => self.values.with(*by, |unit| rollout.seed.slot(unit?)),
            Units::Random => Some(scale(self.draw)),
            Units::Assembled(assembled) => {
                locate(rollout.seed, assembled, &self.values).map(|Located { slot, bucket: located }| {
                    bucket = located.map(|(function, bucket)| BucketTrace { function, bucket });
                    slot
                })
            }
        };
        let owner = slot.and_then(|slot| rollout.owner(slot, || self.now));
        let slot_move = rollout.ramp.as_ref().zip(slot).and_then(|(ramp, slot)| ramp.slot_move(slot));
        let ramp = slot_move.map(|slot_move| {
            let moves = slot_move.from != slot_move.to;
            let [from, to] = [slot_move.from, slot_move.to].map(|owner| self.choice(owner));
            RampPhase {
                from,
                to,
                moves_at: moves.then_some(slot_move.moves_at),
                moved: moves && slot_move.moves_at <= self.now,
            }
        });
        BucketingTrace { bucket, slot, owner: self.owner(owner), ramp, ..self.bucketing(&rollout.units, false) }
    }

    fn experiment(&self, by: Source, experiment: &Experiment, answer: Option<PriorAssignment>) -> BucketingTrace {
        let unit = self.value(by);
        let slot = unit.as_ref().and_then(|unit| experiment.slot(unit));
        let entry = unit.as_ref().and_then(|unit| experiment.entry(unit)).map(|(position, share)| EntryTrace {
            position,
            share: Percent::from_slots(share).0,
            enters: position < share,
        });
        let prior_use = answer.map(|answer| match answer {
            PriorAssignment::Unknown => PriorUse::Unknown,
            PriorAssignment::Unused => PriorUse::Unused,
            PriorAssignment::Used(choice) => PriorUse::Used(self.choice(choice)),
        });
        let owner = self.owner(slot.and_then(|slot| experiment.owner(slot)));
        BucketingTrace { slot, owner, entry, prior_use, ..self.bucketing(&Units::One(by), true) }
    }

    fn bucketing(&self, units: &Units, experiment: bool) -> BucketingTrace {
        let (by, input) = match units.sources().as_deref() {
            Some([]) => (By::from(RANDOM), None),
            Some([only]) => {
                let (segment, input) = self.context.segment(*only, self.route);
                (By::segment(segment), input)
            }
            Some(sources) => (sources.iter().map(|source| self.context.segment(*source, self.route).0).collect(), None),
            None => (By::Several(Vec::new()), None),
        };
        let (bucket, slot, owner, ramp, entry, prior_use) = Default::default();
        BucketingTrace { experiment, by, input, units: self.units(units), bucket, slot, owner, ramp, entry, prior_use }
    }

    /// Returns the subject's values for the units.
    fn units(&self, units: &Units) -> Vec<UnitTrace> {
        let Some(sources) = units.sources() else {
            let mut traced = Vec::new();
            self.values.for_each_attribute(&mut |name, value| {
                traced.push(UnitTrace { segment: name.to_owned(), value: Some(value.clone().into_owned()) });
            });
            return traced;
        };
        let traced = sources.iter().map(|source| UnitTrace {
            segment: self.context.segment(*source, self.route).0,
            value: self.value(*source),
        });
        traced.collect()
    }

    fn owner(&self, owner: Option<u16>) -> Option<String> {
        owner.map(|owner| self.choice(owner))
    }

    fn value(&self, source: Source) -> Option<Value<'static>> {
        self.values.with(source, |value| value.map(|value| value.clone().into_owned()))
    }
}

impl BucketingTrace {
    /// Returns `true` if the subject lacks a value of the unit.
    fn has_missing_values(&self) -> bool {
        !self.by.is_random() && (self.units.is_empty() || self.units.iter().any(|unit| unit.value.is_none()))
    }
}

/// Returns the parts of a condition that a gate checks one by one: those of an `all`.
fn parts(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::All { all } => all.iter().flat_map(parts).collect(),
        other => vec![other],
    }
}

impl TraceContext<'_> {
    fn segment(&self, source: Source, route: &Route) -> (String, Option<String>) {
        if let Some(attribute) = route.attributes().get(usize::from(source.position)) {
            return (attribute.to_string(), None);
        }
        let applicable = self.declaration.segments.get(usize::from(source.position));
        let name = applicable.map(|applicable| applicable.segment.to_string()).unwrap_or_default();
        (name, applicable.and_then(|applicable| applicable.input.as_deref().map(str::to_owned)))
    }
}

impl StepResult {
    fn selected(selection: Selection) -> Self {
        Self { selection: Ok(selection), predicates: Vec::new(), bucketing: None }
    }

    fn not_selected(verdict: Verdict) -> Self {
        Self { selection: Err(verdict), predicates: Vec::new(), bucketing: None }
    }
}

impl AssignmentObserver for RecordingObserver<'_> {
    fn prior_assignment(&self, experiment: &Arc<Experiment>, unit: &Value<'_>) -> PriorAssignment {
        let answer = self.observer.prior_assignment(experiment, unit);
        self.answer.set(Some(answer));
        answer
    }

    fn on_assigned(&self, _: &Arc<Experiment>, _: &Value<'_>, _: u16, _: bool) {}
}
