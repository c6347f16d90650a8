//! Decisions: what was chosen and why, with names.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::evaluate::{Outcome, Reason};
use crate::runtime::Standing;

/// What was chosen, and why.
///
/// `T` is the feature's handle, or [`Name`] where the feature is known by name only.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<T> {
    value: T,
    outcome: Outcome,
    rule: Option<String>,
}

/// The name of an implementation, where there is no type for it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl<T: Clone> Decision<T> {
    pub(crate) fn new(value: T, outcome: Outcome, rule: Option<String>) -> Self {
        Self { value, outcome, rule }
    }

    /// The implementation.
    pub fn value(&self) -> T {
        self.value.clone()
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

/// The name of the rule that chose, if one did.
pub(crate) fn rule_name(outcome: Outcome, standing: Option<&Arc<Standing>>) -> Option<String> {
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

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl From<String> for Name {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl From<Arc<str>> for Name {
    fn from(name: Arc<str>) -> Self {
        Self(name)
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
