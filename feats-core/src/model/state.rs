//! States: the configuration of one feature.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::condition::Condition;
use super::flag::FlagState;
use super::selector::Selector;
use super::value::Value;
use crate::error::Problem;

/// The configuration of one feature. The pin decides, else an override, else the first rule that applies, else `otherwise`,
/// else the default.
///
/// Parsing is lenient, so that every problem of a document can be reported at once: parts that are not understood are recorded
/// as [`problems`](State::problems), and a state with problems is neither published nor used.
///
/// ```
/// use feats::model::State;
/// let state: State = r#"{"rules": [{"name": "Canada", "when": {"segment": "Country", "inn": ["CA"]},
///                                   "select": {"static": "premium"}}]}"#.parse()?;
/// assert_eq!(state.problems()[0].path(), "rules[0].when.inn");
/// # Ok::<(), feats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(description = "Who gets what, for one feature."))]
pub struct State {
    /// The implementation that everyone gets: the operator's kill switch.
    pub pinned: Option<String>,
    /// Present in the state of a flag, which no code declares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<FlagState>,
    /// Units that get a certain implementation.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub overrides: Vec<Override>,
    /// The rules, evaluated in order.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub rules: Vec<Rule>,
    /// The selector for everyone whom no rule matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Selector>,
    /// Values of any JSON type by name, which selectors choose like implementations. Allowed only for a feature that no code
    /// declares.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub values: BTreeMap<String, Json>,
    /// Fields that this version does not know. They are preserved; publishing rejects new ones.
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) unknown: Map<String, Json>,
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) problems: Vec<Problem>,
}

/// Units that get a certain implementation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Override {
    /// The segment that identifies the units.
    pub segment: String,
    /// The input from which the segment is computed; given only if several inputs apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The units.
    pub values: Vec<Value<'static>>,
    /// The implementation that they get.
    #[serde(rename = "use")]
    pub choice: String,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) unknown: Map<String, Json>,
}

/// An audience, and a selector for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rule {
    /// The name given by operators; unique within the state.
    pub name: String,
    /// The audience; everyone if absent.
    #[serde(skip_serializing_if = "Condition::is_always")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub when: Condition,
    /// The selector that chooses.
    pub select: Selector,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) unknown: Map<String, Json>,
}

impl State {
    /// The keys of a state, in the order in which they are written.
    pub(crate) const KEYS: [&'static str; 6] = ["pinned", "flag", "overrides", "rules", "otherwise", "values"];

    /// Returns the problems found when the state was parsed, in document order.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns the state as JSON.
    pub fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or(Json::Null)
    }

    /// Returns `true` if two states differ in nothing but the pin. Unknown fields are compared as well.
    pub fn differs_only_in_pin(&self, other: &State) -> bool {
        // Destructured, so that a new field of `State` does not compile before it is handled here.
        let State { pinned: _, flag, overrides, rules, otherwise, values, unknown, problems: _ } = self;
        let theirs = (&other.flag, &other.overrides, &other.rules, &other.otherwise, &other.values, &other.unknown);
        (flag, overrides, rules, otherwise, values, unknown) == theirs
    }

    /// Returns all selectors with their paths, in order: those of the rules, then `otherwise`.
    pub fn selectors(&self) -> impl Iterator<Item = (SelectorPath<'_>, &Selector)> {
        let rules =
            self.rules.iter().enumerate().map(|(index, rule)| (SelectorPath::Rule(index, &rule.name), &rule.select));
        rules.chain(self.otherwise.iter().map(|selector| (SelectorPath::Otherwise, selector)))
    }
}

/// The location of a selector in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectorPath<'a> {
    /// In the rule with this index and name.
    Rule(usize, &'a str),
    /// In `otherwise`.
    Otherwise,
}

impl SelectorPath<'_> {
    /// Returns the path of the selector in the document.
    pub fn path(self) -> String {
        match self {
            SelectorPath::Rule(index, _) => format!("rules[{index}].select"),
            SelectorPath::Otherwise => "otherwise".to_owned(),
        }
    }
}

impl Override {
    /// Creates an override: the units of a segment get an implementation.
    pub fn new(
        segment: impl Into<String>,
        values: impl IntoIterator<Item = Value<'static>>,
        choice: impl Into<String>,
    ) -> Self {
        let values = values.into_iter().collect();
        Self { segment: segment.into(), input: None, values, choice: choice.into(), unknown: Map::new() }
    }
}

impl Rule {
    /// Creates a rule.
    pub fn new(name: impl Into<String>, when: Condition, select: Selector) -> Self {
        Self { name: name.into(), when, select, unknown: Map::new() }
    }
}
