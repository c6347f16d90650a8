//! Traces: step-by-step explanations of evaluations.

mod tracer;

use serde::Serialize;

use crate::evaluate::Reason;
use crate::model::{BucketFunction, By, Declaration, Predicate, Timestamp, Value};

pub use tracer::{TraceContext, trace, trace_with_observer};

/// An explanation of an evaluation: all evaluated parts of the state in order, with their results.
///
/// The choice is the one that `FeatureHandle::explain` returns at the same instant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// The implementation.
    pub choice: String,
    /// The reason for the choice.
    pub reason: Reason,
    /// The name of the rule that chose.
    pub rule: Option<String>,
    /// The version of the state; 0 without one.
    pub version: u64,
    /// The unit's slot, of 1 000 000, if the choice depends on it.
    pub slot: Option<u32>,
    /// The instant of the evaluation.
    pub time: Timestamp,
    /// The parts of the state in the order of decision, including those after the deciding one.
    pub steps: Vec<Step>,
}

/// A part of a state and its result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The part.
    #[serde(flatten)]
    pub part: TracePart,
    /// The result.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The predicates of a rule's condition, in order, each with its own result. Empty if the rule was not reached, has no
    /// condition, or belongs to an earlier revision that replaces a quarantined one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub predicates: Vec<PredicateTrace>,
    /// The bucketing of the unit by a rollout or an experiment, if one was evaluated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucketing: Option<BucketingTrace>,
}

/// A part of a state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum TracePart {
    /// The pin. A state without a pin has no such step.
    Pinned,
    /// Consecutive overrides by one segment.
    Override {
        /// The segment.
        segment: String,
        /// The input from which the segment is computed; given only if several inputs apply.
        #[serde(skip_serializing_if = "Option::is_none")]
        input: Option<String>,
        /// The subject's value for the segment.
        value: Option<Value<'static>>,
    },
    /// A rule.
    Rule {
        /// Its name.
        name: String,
        /// Its index.
        position: u16,
    },
    /// The selector for everyone whom no rule matches. A state without `otherwise` has no such step.
    Otherwise,
    /// The default implementation in code.
    Default,
}

/// The result of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The part chose.
    Decides {
        /// The implementation.
        choice: String,
    },
    /// The condition is false, or the override does not list the unit.
    Fails,
    /// The condition is unknown, or the override's segment has no value.
    Unknown,
    /// The condition is true, but the selector does not choose for the subject.
    NotEnrolled {
        /// The reason.
        reason: NotEnrolled,
    },
    /// An earlier step decided.
    NotReached,
}

/// The reason why a rollout or an experiment does not choose for a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEnrolled {
    /// The subject has no value for `by`, or for one of several segments.
    NoUnit,
    /// A value for `by` is a float with a fraction or beyond 2⁵³, which is not a unit.
    NotAUnit,
    /// The unit is outside of the experiment's share.
    OutsideShare,
}

/// A predicate of a condition and its result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredicateTrace {
    /// The predicate.
    pub predicate: Predicate,
    /// The value of the subject, or of the program.
    pub value: Option<Value<'static>>,
    /// The result; `None` for unknown.
    pub holds: Option<bool>,
}

/// The bucketing of a unit by a rollout or an experiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BucketingTrace {
    /// `true` for an experiment.
    pub experiment: bool,
    /// The segments whose values are the units; [`RANDOM`](crate::model::RANDOM) for a random draw.
    pub by: By,
    /// The input from which the only segment is computed; given only if several inputs apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The values of the unit, in order; none for a random draw.
    pub units: Vec<UnitTrace>,
    /// The bucket that another system's function gives the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<BucketTrace>,
    /// The unit's slot, of 1 000 000. For a random draw, the slot drawn in this trace.
    pub slot: Option<u32>,
    /// The owner of the slot at the instant of the evaluation.
    pub owner: Option<String>,
    /// The effect of the rollout's ramp on the slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<RampPhase>,
    /// The unit's entry to the experiment; `None` if every unit enters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryTrace>,
    /// The unit's prior use in the experiment; `None` if its slot alone determines it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior_use: Option<PriorUse>,
}

/// The bucket of a unit in another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BucketTrace {
    /// The function of the other system.
    pub function: BucketFunction,
    /// The bucket, from 0.
    pub bucket: u32,
}

/// A value of a unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitTrace {
    /// The segment, or the attribute.
    pub segment: String,
    /// The subject's value.
    pub value: Option<Value<'static>>,
}

/// The phase of a slot in a ramp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RampPhase {
    /// The owner before the ramp.
    pub from: String,
    /// The owner after the ramp; the same for a slot that does not move.
    pub to: String,
    /// The instant at which the slot moves, if it does.
    pub moves_at: Option<Timestamp>,
    /// `true` if it has moved.
    pub moved: bool,
}

/// The entry of a unit to an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EntryTrace {
    /// Its entry position, of 1 000 000.
    pub position: u32,
    /// The share of units that enter, in percent.
    pub share: f64,
    /// `true` if the unit enters.
    pub enters: bool,
}

/// The known prior use of an experiment by a unit, without asking the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorUse {
    /// Unknown: the unit may have used an implementation.
    Unknown,
    /// The unit used none of the implementations.
    Unused,
    /// The unit used this implementation first.
    Used(String),
}

impl Trace {
    /// Creates the trace of a decision made without a state.
    pub fn without_state(declaration: &Declaration, reason: Reason, time: Timestamp) -> Self {
        let choice = declaration.default_implementation().to_owned();
        let verdict = Verdict::Decides { choice: choice.clone() };
        let steps = vec![Step { part: TracePart::Default, verdict, predicates: Vec::new(), bucketing: None }];
        Self { choice, reason, rule: None, version: 0, slot: None, time, steps }
    }

    /// Returns the step that decided.
    pub fn deciding(&self) -> Option<&Step> {
        self.steps.iter().find(|step| matches!(step.verdict, Verdict::Decides { .. }))
    }
}
