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

impl Outcome {
    /// The reason as [OpenFeature 0.8](https://openfeature.dev/specification/types#resolution-reason) names it.
    ///
    /// | feats | OpenFeature | because |
    /// |---|---|---|
    /// | `pinned`, `test` | `STATIC` | nothing about the subject was looked at |
    /// | `override`, `unit_override` | `TARGETING_MATCH` | it is for this browser or this unit |
    /// | `rule` | `TARGETING_MATCH`, by a slot `SPLIT` | a condition held; then a rollout or an experiment may divide |
    /// | `otherwise` | `DEFAULT`, by a slot `SPLIT` | no condition held |
    /// | `default`, `no_state`, `not_started` | `DEFAULT` | the default in code |
    /// | `provisional` | `STALE` | not authoritative: what the unit used before could not be found out in time |
    /// | `quarantined` | `ERROR` | this program cannot use the newest state |
    ///
    /// A decision does not know whether the store is away: for `STALE` also ask the app's status. `DISABLED`, `CACHED` and
    /// `UNKNOWN` are never given.
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
    /// Every reason.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_openfeature_reason_with_and_without_a_slot() {
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
        // The discriminants count up, so none of them is missing between the first and the last.
        assert!(Reason::ALL.iter().enumerate().all(|(index, reason)| *reason as usize == index));
    }
}
