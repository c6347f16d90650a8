//! What an evaluation says: the choice and the reason.

use std::fmt;

use serde::{Serialize, Serializer};

/// Why an implementation was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// No app is running; the default.
    NotStarted,
    /// The feature has no state; the default.
    NoState,
    /// A test chose, with `feats::testing`.
    Test,
    /// An operator pinned it: everyone gets it.
    Pinned,
    /// An override of this browser or scope.
    Override,
    /// The state has an override for this unit.
    UnitOverride,
    /// A rule held.
    Rule,
    /// No rule held; the state says what to do otherwise.
    Otherwise,
    /// No rule held, and the state does not say what to do otherwise; the default.
    Default,
    /// An experiment gave the slot's owner, because what the unit used before could not be found out in time.
    Provisional,
    /// This program cannot use the newest state, and there was no usable one before it; the default.
    Quarantined,
}

/// What an evaluation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The position of the implementation in the feature's declaration.
    pub choice: u16,
    /// Why.
    pub reason: Reason,
    /// The position of the rule that chose.
    pub rule: Option<u16>,
    /// The version of the state; 0 without one.
    pub version: u64,
    /// The unit's slot, where slots chose.
    pub slot: Option<u32>,
    /// Whether an experiment chose, so that a use of the choice is an exposure.
    pub experiment: bool,
    /// Whether the unit's history has to be asked to be sure: an experiment may have given it something else before.
    pub ask: bool,
}

impl Outcome {
    /// A choice that no state made.
    #[inline]
    pub fn without_state(choice: u16, reason: Reason) -> Self {
        Self { choice, reason, rule: None, version: 0, slot: None, experiment: false, ask: false }
    }
}

impl Reason {
    /// The reason as a word, as in logs and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::NotStarted => "not_started",
            Reason::NoState => "no_state",
            Reason::Test => "test",
            Reason::Pinned => "pinned",
            Reason::Override => "override",
            Reason::UnitOverride => "unit_override",
            Reason::Rule => "rule",
            Reason::Otherwise => "otherwise",
            Reason::Default => "default",
            Reason::Provisional => "provisional",
            Reason::Quarantined => "quarantined",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word that [`as_str`](Reason::as_str) gives.
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
