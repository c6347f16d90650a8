//! Declarations of features and segments. Plain data, so that tools can handle features of other programs.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::flag::{DISABLED, ENABLED};
use super::time::Timestamp;
use super::value::ValueKind;

/// A feature with its implementations, its inputs and its applicable segments.
///
/// Feature handles contain their declaration; tools and tests create one:
///
/// ```
/// use feats::model::{Declaration, ValueKind};
/// let feature = Declaration::new("Checkout", ["classic", "express"])
///     .default_to("classic")
///     .segment("Country", ValueKind::Text);
/// assert_eq!(feature.default_implementation(), "classic");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Declaration {
    /// The name by which stores and operators know the feature.
    pub name: Arc<str>,
    /// The documentation of the feature, as Markdown.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub doc: Arc<str>,
    /// The purpose of the feature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FeatureKind>,
    /// The owner, such as a team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Arc<str>>,
    /// The day after which the feature is reported stale, as `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Arc<str>>,
    /// `true` if remote clients may read its result.
    #[serde(default, skip_serializing_if = "is_false")]
    pub client: bool,
    /// `true` for a boolean feature: `enabled`, `default`, `disabled`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub boolean: bool,
    /// `true` for a flag, which is created at run time. Its segments are the attributes of its subjects, with any name.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flag: bool,
    /// The value that the `default` of a boolean feature returns, if its code is a plain `true` or `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// The implementations, in the order of the source.
    pub implementations: Arc<[Implementation]>,
    /// The index of the default implementation.
    pub default: u16,
    /// The inputs of the implementations, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputDeclaration>,
    /// The segments that apply to the inputs: conditions can use these.
    #[serde(default, skip_serializing_if = "no_segments")]
    pub segments: Arc<[ApplicableSegment]>,
    /// The location of the declaration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Box<SourceLocation>>,
}

/// One of the implementations of a feature.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Implementation {
    /// The name by which stores and operators know it.
    pub name: Arc<str>,
    /// Its documentation, as Markdown.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub doc: Arc<str>,
}

/// One input of a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InputDeclaration {
    /// The parameter's name, without leading underscores.
    pub name: Arc<str>,
    /// The name of its type, as the compiler writes it.
    #[serde(rename = "type")]
    pub type_name: Arc<str>,
}

/// A segment that applies to a feature: it has a function for one of the feature's inputs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApplicableSegment {
    /// The segment's name.
    pub segment: Arc<str>,
    /// The input from which it is computed; set only if several inputs apply and conditions must name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Arc<str>>,
    /// The type of its values.
    pub kind: ValueKind,
    /// The only values that an operator can choose; empty if any value is allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Arc<str>>,
}

/// A segment as declared: a named function from domain types to values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SegmentDeclaration {
    /// The name by which states refer to it.
    pub name: Arc<str>,
    /// Its documentation, as Markdown.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub doc: Arc<str>,
    /// The type of its values.
    pub kind: ValueKind,
    /// The only values that an operator can choose; empty if any value is allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Arc<str>>,
    /// The names of the types that it has functions for.
    pub types: Vec<Arc<str>>,
    /// The location of the declaration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

/// The purpose of a feature, which implies its expected lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeatureKind {
    /// Releases new code gradually; short-lived.
    Release,
    /// Compares implementations; lasts as long as the experiment.
    Experiment,
    /// Changes how the program operates; long-lived.
    Ops,
    /// Gives some users functions that others do not have; long-lived.
    Permission,
}

/// A location in source code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SourceLocation {
    /// The crate's name.
    #[serde(rename = "crate")]
    pub crate_name: Arc<str>,
    /// The crate's version.
    pub version: Arc<str>,
    /// The module's path.
    pub module: Arc<str>,
    /// The file, as passed to the compiler.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
}

/// All declarations of one program, as it publishes them to its store.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Catalog {
    /// The program's name.
    pub program: String,
    /// Its version.
    pub version: String,
    /// Its features, sorted by name.
    pub features: Vec<Declaration>,
    /// Its segments, sorted by name.
    pub segments: Vec<SegmentDeclaration>,
    /// The attributes that the program provides to all its features, with their values.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub attributes: std::collections::BTreeMap<String, serde_json::Value>,
}

impl Declaration {
    /// Creates a feature with these implementations; the first one is the default.
    pub fn new<'a>(name: &str, implementations: impl IntoIterator<Item = &'a str>) -> Self {
        let implementations =
            implementations.into_iter().map(|name| Implementation { name: name.into(), doc: "".into() }).collect();
        Self {
            name: name.into(),
            doc: "".into(),
            kind: None,
            owner: None,
            expires: None,
            client: false,
            boolean: false,
            flag: false,
            on: None,
            implementations,
            default: 0,
            inputs: Vec::new(),
            segments: Arc::from([]),
            location: None,
        }
    }

    /// Creates the declaration of a flag. It is the same for all flags, apart from the name.
    pub fn flag(name: &str) -> Self {
        Self { flag: true, ..Self::new(name, [DISABLED, ENABLED]) }
    }

    /// Makes another implementation the default. An unknown name has no effect.
    #[must_use]
    pub fn default_to(mut self, implementation: &str) -> Self {
        if let Some(position) = self.position(implementation) {
            self.default = position;
        }
        self
    }

    /// Adds an applicable segment.
    #[must_use]
    pub fn segment(mut self, name: &str, kind: ValueKind) -> Self {
        let added = ApplicableSegment { segment: name.into(), input: None, kind, options: Vec::new() };
        self.segments = self.segments.iter().cloned().chain([added]).collect();
        self
    }

    /// Sets the documentation.
    #[must_use]
    pub fn doc(mut self, doc: &str) -> Self {
        self.doc = doc.into();
        self
    }

    /// Returns `true` if the day on which the feature [expires](Self::expires) has ended in UTC. An invalid day counts as expired,
    /// so that the mistake is noticed.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        let Some(day) = self.expires.as_deref() else { return false };
        Timestamp::parse(&format!("{day}T23:59:59.999Z")).is_none_or(|end| now > end)
    }

    /// Returns the name of the default implementation; empty if there are no implementations.
    pub fn default_implementation(&self) -> &str {
        self.implementation(self.default)
    }

    /// Returns the value of the default of a boolean feature, if its code is a plain `true` or `false`.
    ///
    /// ```
    /// use feats::model::Declaration;
    /// let mut feature = Declaration::new("Upload", ["enabled", "default", "disabled"]).default_to("default");
    /// (feature.boolean, feature.on) = (true, Some(true));
    /// assert_eq!(feature.default_value(), Some("on"));
    /// ```
    pub fn default_value(&self) -> Option<&'static str> {
        let on = self.on.filter(|_| self.boolean)?;
        Some(if on { "on" } else { "off" })
    }

    /// Returns the name of the implementation at an index; empty if there is none.
    pub fn implementation(&self, position: u16) -> &str {
        self.implementations.get(usize::from(position)).map_or("", |implementation| &implementation.name)
    }

    /// Returns the index of an implementation by name.
    pub fn position(&self, implementation: &str) -> Option<u16> {
        let position = self.implementations.iter().position(|known| &*known.name == implementation)?;
        u16::try_from(position).ok()
    }

    /// Returns the names of the implementations, in the order of the source.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.implementations.iter().map(|implementation| &*implementation.name)
    }
}

impl fmt::Display for FeatureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FeatureKind::Release => "release",
            FeatureKind::Experiment => "experiment",
            FeatureKind::Ops => "ops",
            FeatureKind::Permission => "permission",
        })
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

fn no_segments(segments: &Arc<[ApplicableSegment]>) -> bool {
    segments.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_has_expired_once_its_day_is_over() {
        let expired = |expires: &str, now: &str| {
            let mut declaration = Declaration::new("Checkout", ["classic"]);
            declaration.expires = Some(expires.into());
            declaration.is_expired(now.parse().expect(now))
        };
        assert!(!expired("2027-01-31", "2027-01-31T23:59:59Z"));
        assert!(expired("2027-01-31", "2027-02-01T00:00:00Z"));
        assert!(expired("some day", "2027-02-01T00:00:00Z"));
        assert!(!Declaration::new("Checkout", ["classic"]).is_expired(Timestamp::from_millis(0)));
    }
}
