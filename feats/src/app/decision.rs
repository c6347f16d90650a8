//! Decisions: what was chosen and why, with names.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::evaluate::{Outcome, Reason};
use crate::model::Declaration;
use crate::runtime::FeatureRevision;

/// What was chosen, and why.
///
/// `T` is the feature's handle, or [`Name`](crate::Name) where the feature is known by name only.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<T> {
    value: T,
    outcome: Outcome,
    rule: Option<String>,
}

impl<T: Clone> Decision<T> {
    pub(crate) fn new(value: T, outcome: Outcome, rule: Option<String>) -> Self {
        Self { value, outcome, rule }
    }

    /// The implementation.
    pub fn value(&self) -> T {
        self.value.clone()
    }

    /// The name of the implementation.
    pub fn name(&self) -> &str
    where
        T: AsRef<str>,
    {
        self.value.as_ref()
    }

    /// Why it was chosen, as OpenFeature names reasons; see [`Outcome::openfeature_reason`].
    pub fn openfeature_reason(&self) -> &'static str {
        self.outcome.openfeature_reason()
    }

    /// Why it was chosen.
    pub fn reason(&self) -> Reason {
        self.outcome.reason
    }

    /// The name of the rule that chose it.
    pub fn rule(&self) -> Option<&str> {
        self.rule.as_deref()
    }

    /// The version of the state that chose it.
    pub fn version(&self) -> Option<u64> {
        (self.outcome.version > 0).then_some(self.outcome.version)
    }

    /// The unit's slot, of 1 000 000, where slots chose.
    pub fn slot(&self) -> Option<u32> {
        self.outcome.slot
    }
}

/// The name of what was chosen: a choice is a position among those of the revision that decided.
pub(crate) fn choice_name(declaration: &Declaration, revision: Option<&FeatureRevision>, outcome: Outcome) -> Arc<str> {
    let position = usize::from(outcome.choice);
    let of_revision = || revision?.route.as_ref()?.choices().name(outcome.choice);
    let declared = || Some(&declaration.implementations.get(position)?.name);
    of_revision().or_else(declared).cloned().unwrap_or_default()
}

/// The name of the rule that chose, if one did.
pub(crate) fn rule_name(outcome: Outcome, standing: Option<&Arc<FeatureRevision>>) -> Option<String> {
    let route = standing?.route.as_ref()?;
    route.rule_name(outcome.rule?).map(str::to_owned)
}

impl<T: Serialize> Serialize for Decision<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a, T> {
            value: &'a T,
            reason: &'a str,
            rule: Option<&'a str>,
            version: u64,
            slot: Option<u32>,
        }
        let (reason, rule) = (self.outcome.reason.as_str(), self.rule.as_deref());
        Fields { value: &self.value, reason, rule, version: self.outcome.version, slot: self.outcome.slot }
            .serialize(serializer)
    }
}
