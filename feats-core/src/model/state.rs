//! States: who gets what, for one feature.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::condition::Condition;
use super::selector::Selector;
use super::value::Value;
use crate::error::Problem;

/// Who gets what, for one feature: pinned, else the overrides, else the first rule that holds, else `otherwise`, else
/// the default.
///
/// Reading is lenient, so that every problem of a document can be reported at once: what could not be understood is
/// kept as [`problems`](State::problems), and such a state is neither published nor used.
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
    /// Everyone gets this one: the operator's kill switch.
    pub pinned: Option<String>,
    /// Units that get a certain implementation.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub overrides: Vec<Override>,
    /// Tried in order.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub rules: Vec<Rule>,
    /// Where no rule applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Selector>,
    /// Values of any JSON type by name, which selectors choose beside the implementations. Only a feature that no code declares
    /// has values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub values: BTreeMap<String, Json>,
    /// Fields that this version does not know. They are carried along, and new ones are refused on publish.
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
    /// The segment that names the units.
    pub segment: String,
    /// The input that the segment is taken from, where several fit.
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

/// For whom, and how to choose for them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rule {
    /// What operators call it; unique within the state.
    pub name: String,
    /// For whom; absent: for everyone.
    #[serde(skip_serializing_if = "Condition::is_always")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub when: Condition,
    /// How to choose.
    pub select: Selector,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub(crate) unknown: Map<String, Json>,
}

impl State {
    /// The keys of a state, in the order in which they are written.
    pub(crate) const KEYS: [&'static str; 5] = ["pinned", "overrides", "rules", "otherwise", "values"];

    /// What could not be understood when the state was read, in the order of the document.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The state as JSON.
    pub fn to_json(&self) -> Json {
        serde_json::to_value(self).unwrap_or(Json::Null)
    }

    /// Whether two states differ in nothing but the pin. A field that this version does not know is a difference, too.
    pub fn differs_only_in_pin(&self, other: &State) -> bool {
        // Named one by one, so that a new field of a state does not compile before it is classified here.
        let State { pinned: _, overrides, rules, otherwise, values, unknown, problems: _ } = self;
        let theirs = (&other.overrides, &other.rules, &other.otherwise, &other.values, &other.unknown);
        (overrides, rules, otherwise, values, unknown) == theirs
    }

    /// All selectors with their paths, in order: those of the rules, then `otherwise`.
    pub fn selectors(&self) -> impl Iterator<Item = (SelectorPath<'_>, &Selector)> {
        let rules = self.rules.iter().enumerate().map(|(at, rule)| (SelectorPath::Rule(at, &rule.name), &rule.select));
        rules.chain(self.otherwise.iter().map(|selector| (SelectorPath::Otherwise, selector)))
    }
}

/// Where a selector is in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectorPath<'a> {
    /// In the rule of this position and name.
    Rule(usize, &'a str),
    /// In `otherwise`.
    Otherwise,
}

impl SelectorPath<'_> {
    /// The path of the selector in the document.
    pub fn path(self) -> String {
        match self {
            SelectorPath::Rule(at, _) => format!("rules[{at}].select"),
            SelectorPath::Otherwise => "otherwise".to_owned(),
        }
    }
}

impl Override {
    /// Units of a segment that get an implementation.
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
    /// A rule.
    pub fn new(name: impl Into<String>, when: Condition, select: Selector) -> Self {
        Self { name: name.into(), when, select, unknown: Map::new() }
    }
}
