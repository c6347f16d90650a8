//! Traces: the way that a decision took through a state, step by step.

mod walk;

use serde::Serialize;

use crate::evaluate::Reason;
use crate::model::{Declaration, Predicate, Timestamp, Value};

pub use walk::{TraceContext, trace, trace_before};

/// Why a subject gets what it gets: every part of the state that was asked, in order, and what it said.
///
/// What it says of the choice is what `FeatureHandle::explain` says at the same instant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// The implementation.
    pub choice: String,
    /// Why it was chosen.
    pub reason: Reason,
    /// The name of the rule that chose it.
    pub rule: Option<String>,
    /// The version of the state that chose it; 0 without one.
    pub version: u64,
    /// The unit's slot, of 1 000 000, where slots chose.
    pub slot: Option<u32>,
    /// The instant of the decision.
    pub time: Timestamp,
    /// The parts of the state in the order of decision, also those behind the one that decided.
    pub steps: Vec<Step>,
}

/// One part of a state, and what it said.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Which part.
    #[serde(flatten)]
    pub part: TracePart,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The checks of a rule's condition, in its order, each with its own result. Empty where the rule was not reached,
    /// has no condition, or belongs to an earlier revision that stands in for a quarantined one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub predicates: Vec<PredicateTrace>,
    /// How a rollout or an experiment dealt with the unit, if one was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucketing: Option<BucketingTrace>,
}

/// A part of a state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum TracePart {
    /// The pin. A state without one has no such step.
    Pinned,
    /// Neighbouring overrides by one segment.
    Override {
        /// The segment.
        segment: String,
        /// The input that it is taken from, where several fit.
        #[serde(skip_serializing_if = "Option::is_none")]
        input: Option<String>,
        /// The value that the subject has.
        value: Option<Value<'static>>,
    },
    /// A rule.
    Rule {
        /// Its name.
        name: String,
        /// Its position, from 0.
        position: u16,
    },
    /// What the state says to do where no rule applies. A state that says nothing has no such step.
    Otherwise,
    /// The default implementation, as code has it.
    Default,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It chose.
    Decides {
        /// The implementation.
        choice: String,
    },
    /// The condition does not hold, or the override does not list the unit.
    Fails,
    /// The condition is unknown, or the override's segment has no value.
    Unknown,
    /// The condition holds, but the selector passes the subject over.
    NotEnrolled {
        /// Why.
        reason: NotEnrolled,
    },
    /// A step before decided.
    NotReached,
}

/// Why a rollout or an experiment passes a subject over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotEnrolled {
    /// The subject has no value for `by`.
    NoUnit,
    /// The value for `by` is a float with a fraction or beyond 2⁵³, which is not a unit.
    NotAUnit,
    /// The unit is not within the share that enters the experiment.
    OutsideShare,
}

/// One check of a condition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredicateTrace {
    /// The check.
    pub predicate: Predicate,
    /// The value that the subject, or the program, has.
    pub value: Option<Value<'static>>,
    /// Whether it holds; `None` if that is unknown, because there is no value.
    pub holds: Option<bool>,
}

/// How a rollout or an experiment dealt with a unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BucketingTrace {
    /// Whether it is an experiment.
    pub experiment: bool,
    /// The segment whose values are the units; [`RANDOM`](crate::model::RANDOM) for a draw.
    pub by: String,
    /// The input that the segment is taken from, where several fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The unit.
    pub unit: Option<Value<'static>>,
    /// The unit's slot, of 1 000 000. For a draw, that of this trace.
    pub slot: Option<u32>,
    /// The owner of the slot at the instant of the decision.
    pub owner: Option<String>,
    /// What the rollout's ramp does to the slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<RampPhase>,
    /// Whether the unit is within an experiment's share; `None` where everyone is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryTrace>,
    /// What is known of the unit's past in an experiment; `None` where its slot says all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior_use: Option<PriorUse>,
}

/// On which side of a ramp a slot is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RampPhase {
    /// Who owns the slot before.
    pub from: String,
    /// Who owns it after; the same for a slot that does not move.
    pub to: String,
    /// The instant at which it moves, if it does.
    pub moves_at: Option<Timestamp>,
    /// Whether it has moved.
    pub moved: bool,
}

/// Where a unit stands at the entry of an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EntryTrace {
    /// Its entry position, of 1 000 000.
    pub position: u32,
    /// The share of units that enter, in percent.
    pub share: f64,
    /// Whether it enters.
    pub enters: bool,
}

/// What is known, without asking the store, of what a unit used in an experiment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PriorUse {
    /// Nothing is known: it may have used something.
    Unknown,
    /// It used none of the implementations.
    Unused,
    /// It used this one first.
    Used(String),
}

impl Trace {
    /// The trace of a decision that no state made.
    pub fn without_state(declaration: &Declaration, reason: Reason, at: Timestamp) -> Self {
        let choice = declaration.default_implementation().to_owned();
        let verdict = Verdict::Decides { choice: choice.clone() };
        let steps = vec![Step { part: TracePart::Default, verdict, predicates: Vec::new(), bucketing: None }];
        Self { choice, reason, rule: None, version: 0, slot: None, time: at, steps }
    }

    /// The step that decided.
    pub fn deciding(&self) -> Option<&Step> {
        self.steps.iter().find(|step| matches!(step.verdict, Verdict::Decides { .. }))
    }
}
