//! Warnings: what is valid in a state, and probably not what its author meant.

use std::collections::HashMap;

use serde::Serialize;

use super::catalog::Declaration;
use super::impact::Part;
use super::logic::{Form, Reasoner};
use super::selector::{RANDOM, Selector};
use super::state::{Override, State};
use super::time::Timestamp;
use super::value::Value;

/// How many comparisons the warnings of one state may take: some milliseconds.
const EFFORT: u32 = 1_000_000;

/// Something that is valid, and probably not what was meant. In words: [`words::warning`](crate::words::warning).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warning {
    /// Where in the state: `rules[2]`.
    pub path: String,
    /// What.
    #[serde(flatten)]
    pub doubt: Doubt,
}

/// What is doubtful about a part of a state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Doubt {
    /// While the feature is pinned, nothing else of the state has an effect.
    WithoutEffect {
        /// The implementation that everyone gets.
        pinned: String,
    },
    /// Some units have an override before this one, which therefore does nothing for them.
    Shadowed {
        /// The units.
        units: Vec<Value<'static>>,
        /// The position of the override that comes first.
        by: usize,
    },
    /// A condition that holds for nobody.
    NeverHolds {
        /// The rule.
        rule: String,
    },
    /// Whoever the part is for has an answer before.
    Unreachable {
        /// A rule, or what is given otherwise.
        part: Part,
        /// The rules that answer before.
        by: Vec<String>,
    },
    /// All rules, and what is given otherwise, give this implementation: the rules could go.
    AllTheSame {
        /// The implementation.
        choice: String,
    },
}

/// What is doubtful about a state as it stands at an instant, in the order of decision.
///
/// Every warning is sure, whoever the subjects are; but not everything doubtful is found.
///
/// ```
/// use feats::model::{Declaration, warnings};
/// use feats::{State, Timestamp, words};
/// let state: State = r#"{"rules": [
///     {"name": "America", "when": {"segment": "Country", "in": ["CA", "US"]}, "select": {"static": "acme"}},
///     {"name": "Canada", "when": {"segment": "Country", "in": ["CA"]}, "select": {"static": "premium"}}]}"#.parse()?;
/// let found = warnings(&state, &Declaration::new("Fee", ["acme", "premium"]), Timestamp::now());
/// assert_eq!(found[0].path, "rules[1]");
/// assert_eq!(words::warning(&found[0]).to_string(), "Canada is never reached: America answers before.");
/// # Ok::<(), feats::Error>(())
/// ```
pub fn warnings(state: &State, declaration: &Declaration, now: Timestamp) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |path: String, doubt| warnings.push(Warning { path, doubt });
    let reasoner = Reasoner::new(EFFORT);
    let has_more = !state.overrides.is_empty() || !state.rules.is_empty() || state.otherwise.is_some();
    if let Some(pinned) = state.pinned.clone().filter(|_| has_more) {
        warn("pinned".to_owned(), Doubt::WithoutEffect { pinned });
    }
    let mut comparable: HashMap<_, Vec<(usize, &Override)>> = HashMap::new();
    for (at, known) in state.overrides.iter().enumerate() {
        let earlier = comparable.entry((&known.segment, &known.of)).or_default();
        for (by, before) in earlier.iter().take_while(|_| reasoner.goes_on()) {
            let units = shared_units(&reasoner, before, known);
            if !units.is_empty() {
                warn(format!("overrides[{at}].values"), Doubt::Shadowed { units, by: *by });
            }
        }
        earlier.push((at, known));
    }
    let mut answering = Answering { names: Vec::new(), forms: Vec::new() };
    for (at, rule) in state.rules.iter().enumerate() {
        let form = Form::of(&rule.when);
        if reasoner.never(&form) {
            warn(format!("rules[{at}].when"), Doubt::NeverHolds { rule: rule.name.clone() });
            continue;
        }
        if let Some(by) = answering.before(&reasoner, &form) {
            warn(format!("rules[{at}]"), Doubt::Unreachable { part: Part::Rule(rule.name.clone()), by });
        } else if answers_everyone(&rule.select) {
            answering.names.push(rule.name.clone());
            answering.forms.push(form);
        }
    }
    let everyone = answering.before(&reasoner, &Form::everyone());
    if let Some(by) = everyone.clone().filter(|_| state.otherwise.is_some()) {
        warn("otherwise".to_owned(), Doubt::Unreachable { part: Part::Otherwise, by });
    }
    let otherwise = match &state.otherwise {
        _ if everyone.is_some() => None,
        Some(otherwise) => only_choice(otherwise, now),
        None => Some(declaration.default_implementation()),
    };
    // Whom `otherwise` passes over gets the default.
    let whole = state.otherwise.as_ref().is_none_or(answers_everyone);
    if let Some(choice) = otherwise.filter(|_| whole && !state.rules.is_empty())
        && state.rules.iter().all(|rule| only_choice(&rule.select, now) == Some(choice))
    {
        warn("rules".to_owned(), Doubt::AllTheSame { choice: choice.to_owned() });
    }
    warnings
}

/// Rules that give everyone in their audience an answer, in order.
struct Answering<'s> {
    names: Vec<String>,
    forms: Vec<Form<'s>>,
}

impl Answering<'_> {
    /// The rules that leave nobody of an audience: one of them, else all together.
    fn before(&mut self, reasoner: &Reasoner, audience: &Form<'_>) -> Option<Vec<String>> {
        let one = self.forms.iter().position(|form| reasoner.implies(audience, form));
        if let Some(one) = one {
            return Some(self.names.get(one).into_iter().cloned().collect());
        }
        let all = Form::Any(std::mem::take(&mut self.forms));
        let together = reasoner.implies(audience, &all);
        if let Form::Any(forms) = all {
            self.forms = forms;
        }
        together.then(|| self.names.clone())
    }
}

/// Whether a selector passes nobody over. A unit may have no value.
fn answers_everyone(selector: &Selector) -> bool {
    match selector {
        Selector::Static(_) => true,
        Selector::Rollout(rollout) => rollout.by == RANDOM,
        Selector::Experiment(_) => false,
    }
}

/// The only implementation that a selector gives from now on. What an experiment remembers is not known.
fn only_choice(selector: &Selector, now: Timestamp) -> Option<&str> {
    match selector {
        Selector::Static(name) => Some(name),
        Selector::Rollout(rollout) => {
            let under_way = rollout.ramp.as_ref().is_some_and(|ramp| ramp.span().is_none_or(|(_, end)| now < end));
            let mut owners = rollout.weights.iter().filter(|(_, weight)| weight.0 > 0.0).map(|(name, _)| name.as_str());
            let only = owners.next().filter(|_| !under_way)?;
            owners.next().is_none().then_some(only)
        }
        Selector::Experiment(_) => None,
    }
}

/// The units of the later one of two overrides by the same segment that the earlier one has too.
fn shared_units(reasoner: &Reasoner, before: &Override, after: &Override) -> Vec<Value<'static>> {
    if !reasoner.spend(before.values.len().saturating_mul(after.values.len()).max(1)) {
        return Vec::new();
    }
    after.values.iter().filter(|unit| before.values.contains(unit)).cloned().collect()
}
