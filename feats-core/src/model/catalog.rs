//! Declarations: what a program says may vary. Plain data, so that tools hold features that no code of theirs declares.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::time::Timestamp;
use super::value::ValueKind;

/// What may vary: one feature, its implementations, and the segments that fit it.
///
/// Handles carry theirs; tools and tests make them by hand:
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
    /// Why the feature exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FeatureKind>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Arc<str>>,
    /// The day after which the feature is reported stale, as `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Arc<str>>,
    /// Whether remote clients may see its result.
    #[serde(default, skip_serializing_if = "is_false")]
    pub client: bool,
    /// Whether it is a boolean feature: `enabled`, `default`, `disabled`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub boolean: bool,
    /// What `default` of a boolean feature gives to everyone, where its code is just `true` or `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<bool>,
    /// The implementations, in the order of the source.
    pub implementations: Arc<[Implementation]>,
    /// The position of the default among the implementations.
    pub default: u16,
    /// What the implementations take, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputDeclaration>,
    /// What an operator can decide on: the segments that fit the inputs.
    #[serde(default, skip_serializing_if = "no_segments")]
    pub segments: Arc<[ApplicableSegment]>,
    /// Where the feature is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Box<SourceLocation>>,
}

/// One of the ways in which a feature can be done.
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

/// A segment that fits a feature: it has a function for one of the feature's inputs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ApplicableSegment {
    /// The segment's name.
    pub segment: Arc<str>,
    /// The input that it is taken from, where several inputs fit and conditions must say which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Arc<str>>,
    /// The type of its values.
    pub kind: ValueKind,
    /// The only values that an operator can choose; empty where any can be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Arc<str>>,
}

/// A segment as declared: how business types become values.
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
    /// The only values that an operator can choose; empty where any can be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Arc<str>>,
    /// The names of the types that it has functions for.
    pub types: Vec<Arc<str>>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

/// Why a feature exists, and so how long it is meant to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeatureKind {
    /// To bring new code to everyone step by step; short-lived.
    Release,
    /// To learn which implementation is better; lives as long as the experiment.
    Experiment,
    /// To change how the program runs; long-lived.
    Ops,
    /// To give some users what others do not have; long-lived.
    Permission,
}

/// A place in source code.
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
    /// The file, as the compiler was given it.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
}

/// Everything that one program declares, as it publishes it to its store.
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
    /// The names of the attributes that the program gives to all its features, with their values.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub attributes: std::collections::BTreeMap<String, serde_json::Value>,
}

impl Declaration {
    /// A feature with these implementations; the first one is the default.
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
            on: None,
            implementations,
            default: 0,
            inputs: Vec::new(),
            segments: Arc::from([]),
            location: None,
        }
    }

    /// Makes another implementation the default. A name that is none of them changes nothing.
    #[must_use]
    pub fn default_to(mut self, implementation: &str) -> Self {
        if let Some(position) = self.position(implementation) {
            self.default = position;
        }
        self
    }

    /// Adds a segment that operators can decide on.
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

    /// Whether the day on which the feature [expires](Self::expires) is over in UTC. A day that is none is over, so that
    /// somebody looks at it.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        let Some(day) = self.expires.as_deref() else { return false };
        Timestamp::parse(&format!("{day}T23:59:59.999Z")).is_none_or(|end| now > end)
    }

    /// The name of the default implementation; empty if there is no implementation at all.
    pub fn default_implementation(&self) -> &str {
        self.implementation(self.default)
    }

    /// What the default of a boolean feature gives to everyone, where its code is just `true` or `false`.
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

    /// The name of the implementation at a position; empty if there is none.
    pub fn implementation(&self, position: u16) -> &str {
        self.implementations.get(usize::from(position)).map_or("", |implementation| &implementation.name)
    }

    /// The position of an implementation by name.
    pub fn position(&self, implementation: &str) -> Option<u16> {
        let position = self.implementations.iter().position(|known| &*known.name == implementation)?;
        u16::try_from(position).ok()
    }

    /// The names of the implementations, in the order of the source.
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
