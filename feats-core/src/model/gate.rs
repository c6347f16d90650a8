//! Gates: conditions of which only those whose attributes the subject has are checked.

use serde::Serialize;

use super::condition::Condition;

/// Conditions that serve one implementation where they are met and another one where they are violated.
///
/// Unlike the condition of a rule, a gate distinguishes a violated condition from an unknown one. A condition is *violated* if it
/// is false. It is unknown if it needs a value that the subject does not have; [`missing`](Self::missing) says what this means.
///
/// | conditions | [`MissingAttribute::Skip`] | [`MissingAttribute::Fail`] |
/// |---|---|---|
/// | one is false | `fail` | `fail` |
/// | all are true | `pass` | `pass` |
/// | some are true, the others unknown | `pass` | `fail` |
/// | all are unknown | does not choose | `fail` |
/// | there are none | does not choose | does not choose |
///
/// The parts of an `all` count as conditions of their own, also within another `all`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gate {
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// The meaning of an unknown condition.
    #[serde(skip_serializing_if = "MissingAttribute::is_skip")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub missing: MissingAttribute,
    /// The implementation where the conditions are met. Without it, the gate does not choose there, and the next rule is tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pass: Option<String>,
    /// The implementation where a condition is violated.
    pub fail: String,
}

/// The meaning of a check whose attribute the subject does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MissingAttribute {
    /// The check is skipped.
    #[default]
    Skip,
    /// The check fails.
    Fail,
}

impl Gate {
    /// Creates a gate without conditions.
    pub fn new(pass: Option<&str>, fail: &str) -> Self {
        let (conditions, missing) = (Vec::new(), MissingAttribute::Skip);
        Self { conditions, missing, pass: pass.map(str::to_owned), fail: fail.to_owned() }
    }
}

impl MissingAttribute {
    /// Returns the wire name.
    pub fn as_str(self) -> &'static str {
        match self {
            MissingAttribute::Skip => "skip",
            MissingAttribute::Fail => "fail",
        }
    }

    /// Returns the value with a wire name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Skip, Self::Fail].into_iter().find(|known| known.as_str() == name)
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_skip(&self) -> bool {
        *self == Self::Skip
    }
}
