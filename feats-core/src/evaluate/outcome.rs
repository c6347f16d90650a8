//! The outcome of an evaluation: the choice and the reason.

use std::fmt;

use serde::{Serialize, Serializer};

/// The reason for a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The default: no app is running.
    NotStarted,
    /// The default: the feature has no state.
    NoState,
    /// A choice made by a test, with `feats::testing`.
    Test,
    /// The pin, which applies to everyone.
    Pinned,
    /// An override of this browser or scope.
    Override,
    /// An override of the state for this unit.
    UnitOverride,
    /// A rule.
    Rule,
    /// The selector for everyone whom no rule matches.
    Otherwise,
    /// The default: no rule applied, and the state has no `otherwise`.
    Default,
    /// An experiment that chose the slot's owner, because the unit's history could not be looked up in time.
    Provisional,
    /// The default: this program cannot use the newest state, and there is no earlier usable one.
    Quarantined,
}

/// The outcome of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The index of the implementation in the feature's declaration.
    pub choice: u16,
    /// The reason for the choice.
    pub reason: Reason,
    /// The index of the rule that chose.
    pub rule: Option<u16>,
    /// The version of the state; 0 without one.
    pub version: u64,
    /// The unit's slot, if the choice depends on it.
    pub slot: Option<u32>,
    /// `true` if an experiment chose, so that using the choice is an exposure.
    pub experiment: bool,
    /// `true` if the unit's history must be looked up, because the experiment may have chosen another implementation before.
    pub needs_history: bool,
}

impl Outcome {
    /// Creates the outcome of a choice made without a state.
    #[inline]
    pub fn without_state(choice: u16, reason: Reason) -> Self {
        Self { choice, reason, rule: None, version: 0, slot: None, experiment: false, needs_history: false }
    }
}

impl Outcome {
    /// Returns the reason as a resolution reason of [OpenFeature 0.8](https://openfeature.dev/specification/types#resolution-reason).
    ///
    /// | feats | OpenFeature | because |
    /// |---|---|---|
    /// | `pinned`, `test` | `STATIC` | the choice does not depend on the subject |
    /// | `override`, `unit_override` | `TARGETING_MATCH` | the choice is for this browser or this unit |
    /// | `rule` | `TARGETING_MATCH`, with a slot `SPLIT` | a condition is true; a rollout or an experiment may then split |
    /// | `otherwise` | `DEFAULT`, with a slot `SPLIT` | no condition is true |
    /// | `default`, `no_state`, `not_started` | `DEFAULT` | the default in code |
    /// | `provisional` | `STALE` | not authoritative: the unit's history could not be looked up in time |
    /// | `quarantined` | `ERROR` | this program cannot use the newest state |
    ///
    /// An evaluation does not know whether the store is reachable: to report `STALE` in that case, check the app's status too.
    /// `DISABLED`, `CACHED` and `UNKNOWN` are never returned.
    pub fn openfeature_reason(&self) -> &'static str {
        match (self.reason, self.slot) {
            (Reason::Pinned | Reason::Test, _) => "STATIC",
            (Reason::Rule | Reason::Otherwise, Some(_)) => "SPLIT",
            (Reason::Override | Reason::UnitOverride | Reason::Rule, _) => "TARGETING_MATCH",
            (Reason::Otherwise | Reason::Default | Reason::NoState | Reason::NotStarted, _) => "DEFAULT",
            (Reason::Provisional, _) => "STALE",
            (Reason::Quarantined, _) => "ERROR",
        }
    }
}

impl Reason {
    /// All reasons.
    pub const ALL: &'static [Self] = &[
        Self::NotStarted,
        Self::NoState,
        Self::Test,
        Self::Pinned,
        Self::Override,
        Self::UnitOverride,
        Self::Rule,
        Self::Otherwise,
        Self::Default,
        Self::Provisional,
        Self::Quarantined,
    ];

    /// Returns the name of the reason, as used in logs and on the command line.
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

/// Serializes the reason as its [name](Reason::as_str).
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_an_openfeature_reason_with_and_without_a_slot() {
        let named = |reason: &Reason| {
            let outcome = |slot| Outcome { slot, ..Outcome::without_state(0, *reason) }.openfeature_reason();
            (reason.as_str(), outcome(None), outcome(Some(7)))
        };
        let expected = [
            ("not_started", "DEFAULT", "DEFAULT"),
            ("no_state", "DEFAULT", "DEFAULT"),
            ("test", "STATIC", "STATIC"),
            ("pinned", "STATIC", "STATIC"),
            ("override", "TARGETING_MATCH", "TARGETING_MATCH"),
            ("unit_override", "TARGETING_MATCH", "TARGETING_MATCH"),
            ("rule", "TARGETING_MATCH", "SPLIT"),
            ("otherwise", "DEFAULT", "SPLIT"),
            ("default", "DEFAULT", "DEFAULT"),
            ("provisional", "STALE", "STALE"),
            ("quarantined", "ERROR", "ERROR"),
        ];
        assert_eq!(Reason::ALL.iter().map(named).collect::<Vec<_>>(), expected);
        // The discriminants are consecutive, so no reason is missing.
        assert!(Reason::ALL.iter().enumerate().all(|(index, reason)| *reason as usize == index));
    }
}
