//! Warnings about valid states that are probably not as intended.

mod logic;
mod unusual;

use std::collections::HashMap;

use serde::Serialize;

use self::logic::{Nnf, Reasoner};
use self::unusual::{UnusualText, unusual_texts};
use crate::text::Remark;

use crate::model::{Declaration, Override, Rollout, Selector, Source, State, StatePart, Timestamp, Value};

/// The maximum number of comparisons for the warnings of one state, which take some milliseconds.
const BUDGET: u32 = 1_000_000;

/// A warning about a valid part of a state that is probably not as intended. [`describe::warning`](crate::describe::warning)
/// describes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warning {
    /// The path in the state: `rules[2]`.
    pub path: String,
    /// The kind of warning.
    #[serde(flatten)]
    pub kind: WarningKind,
}

/// A kind of [`Warning`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum WarningKind {
    /// The feature is pinned, so the rest of the state has no effect.
    Ineffective {
        /// The pinned implementation.
        pinned: String,
    },
    /// An earlier override has some of the units, so this one has no effect on them.
    Shadowed {
        /// The units.
        units: Vec<Value<'static>>,
        /// The index of the earlier override.
        by: usize,
    },
    /// The condition of a rule is never true.
    NeverHolds {
        /// The rule.
        rule: String,
    },
    /// Earlier rules cover everyone in the audience of this part.
    Unreachable {
        /// A rule, or `otherwise`.
        part: StatePart,
        /// The earlier rules.
        by: Vec<String>,
    },
    /// Earlier rules cover everyone in the audience of this part who has values of these segments, each with one implementation.
    UnreachableByUnits {
        /// A rule, or `otherwise`.
        part: StatePart,
        /// The earlier rules.
        by: Vec<String>,
        /// The segments.
        units: Vec<String>,
    },
    /// An operand has characters that a reader cannot see, or looks like another one.
    UnusualText {
        /// The text.
        text: String,
        /// The remarks on it.
        remarks: Vec<Remark>,
    },
    /// All rules and `otherwise` choose this implementation, so the rules have no effect.
    AllTheSame {
        /// The implementation.
        choice: String,
    },
}

/// Returns the warnings about a state at an instant, in the order of decision.
///
/// Every warning is certain for all subjects, but not everything suspicious is found.
///
/// ```
/// use feats::model::Declaration;
/// use feats::warnings::warnings;
/// use feats::{State, Timestamp, describe};
/// let state: State = r#"{"rules": [
///     {"name": "America", "when": {"segment": "Country", "in": ["CA", "US"]}, "select": {"static": "acme"}},
///     {"name": "Canada", "when": {"segment": "Country", "in": ["CA"]}, "select": {"static": "premium"}}]}"#.parse()?;
/// let found = warnings(&state, &Declaration::new("Fee", ["acme", "premium"]), Timestamp::from(std::time::SystemTime::now()));
/// assert_eq!(found[0].path, "rules[1]");
/// assert_eq!(describe::warning(&found[0]).to_string(), "Canada never applies: America covers it.");
/// # Ok::<(), feats::Error>(())
/// ```
pub fn warnings(state: &State, declaration: &Declaration, now: Timestamp) -> Vec<Warning> {
    let state = &*state.effective();
    let mut warnings = Vec::new();
    let mut warn = |path: String, kind| warnings.push(Warning { path, kind });
    let reasoner = Reasoner::new(BUDGET);
    let has_more = !state.overrides.is_empty() || !state.rules.is_empty() || state.otherwise.is_some();
    if let Some(pinned) = state.pinned.clone().filter(|_| has_more) {
        warn("pinned".to_owned(), WarningKind::Ineffective { pinned });
    }
    for UnusualText { path, text, remarks } in unusual_texts(state) {
        warn(path, WarningKind::UnusualText { text, remarks });
    }
    let mut comparable: HashMap<_, Vec<(usize, &Override)>> = HashMap::new();
    for (index, known) in state.overrides.iter().enumerate() {
        let earlier = comparable.entry((&known.segment, &known.input)).or_default();
        for (by, before) in earlier.iter().take_while(|_| reasoner.has_budget()) {
            let units = shared_units(&reasoner, before, known);
            if !units.is_empty() {
                warn(format!("overrides[{index}].values"), WarningKind::Shadowed { units, by: *by });
            }
        }
        earlier.push((index, known));
    }
    let coverage = Coverage::new(state, &reasoner, now);
    warnings.extend(coverage.warnings);
    let mut warn = |path: String, kind| warnings.push(Warning { path, kind });
    let everyone = coverage.everyone;
    let otherwise = match &state.otherwise {
        _ if everyone => None,
        Some(otherwise) => only_choice(otherwise, now),
        None => Some(declaration.default_implementation()),
    };
    // Units for which `otherwise` does not choose get the default.
    let whole = state.otherwise.as_ref().is_none_or(covers_everyone);
    if let Some(choice) = otherwise.filter(|_| whole && !state.rules.is_empty())
        && state.rules.iter().all(|rule| only_choice(&rule.select, now) == Some(choice))
    {
        warn("rules".to_owned(), WarningKind::AllTheSame { choice: choice.to_owned() });
    }
    warnings
}

/// Returns the parts of a state that never apply to any subject.
pub(super) fn unreached(state: &State) -> Vec<StatePart> {
    // Only parts that are covered entirely count here, so the instant does not matter.
    let coverage = Coverage::new(state, &Reasoner::new(BUDGET), Timestamp::from_millis(0));
    let parts = coverage.warnings.into_iter().filter_map(|warning| match warning.kind {
        WarningKind::NeverHolds { rule } => Some(StatePart::Rule(rule)),
        WarningKind::Unreachable { part, .. } => Some(part),
        _ => None,
    });
    parts.collect()
}

/// The parts that never apply, because their condition is never true or earlier rules cover them.
struct Coverage {
    warnings: Vec<Warning>,
    /// `true` if the rules cover everyone.
    everyone: bool,
}

impl Coverage {
    fn new(state: &State, reasoner: &Reasoner, now: Timestamp) -> Self {
        let mut warnings = Vec::new();
        let mut warn = |path: String, kind| warnings.push(Warning { path, kind });
        let sources: Vec<Vec<Source>> = state.rules.iter().map(|rule| unit_sources(&rule.select, now)).collect();
        let mut covering = CoveringRules { names: Vec::new(), forms: Vec::new(), units: Vec::new() };
        for (index, (rule, sources)) in state.rules.iter().zip(&sources).enumerate() {
            let form = Nnf::new(&rule.when);
            if reasoner.never(&form) {
                warn(format!("rules[{index}].when"), WarningKind::NeverHolds { rule: rule.name.clone() });
                continue;
            }
            let part = || StatePart::Rule(rule.name.clone());
            if let Some(by) = covering.covering(reasoner, &form) {
                warn(format!("rules[{index}]"), WarningKind::Unreachable { part: part(), by });
                continue;
            }
            if let Some((by, units)) = covering.covering_units(reasoner, &form) {
                warn(format!("rules[{index}]"), WarningKind::UnreachableByUnits { part: part(), by, units });
            }
            if covers_everyone(&rule.select) {
                covering.push(&rule.name, form, &[]);
            } else if !sources.is_empty() {
                let units = sources.iter().map(Nnf::unit);
                covering.push(&rule.name, Nnf::All(units.chain([form]).collect()), sources);
            }
        }
        let everyone = covering.covering(reasoner, &Nnf::everyone());
        let is_reached = everyone.is_none();
        if state.otherwise.is_some() {
            let path = || "otherwise".to_owned();
            if let Some(by) = everyone {
                warn(path(), WarningKind::Unreachable { part: StatePart::Otherwise, by });
            } else if let Some((by, units)) = covering.covering_units(reasoner, &Nnf::everyone()) {
                warn(path(), WarningKind::UnreachableByUnits { part: StatePart::Otherwise, by, units });
            }
        }
        Self { warnings, everyone: !is_reached }
    }
}

/// Rules that choose for everyone in their audience, in order.
struct CoveringRules<'s> {
    names: Vec<String>,
    forms: Vec<Nnf<'s>>,
    /// The segments whose units some of them choose by.
    units: Vec<&'s Source>,
}

impl<'s> CoveringRules<'s> {
    fn push(&mut self, name: &str, form: Nnf<'s>, units: &'s [Source]) {
        self.names.push(name.to_owned());
        self.forms.push(form);
        for unit in units {
            if !self.units.contains(&unit) {
                self.units.push(unit);
            }
        }
    }

    /// Returns the rules that cover an audience: a single one, else all together.
    fn covering(&mut self, reasoner: &Reasoner, audience: &Nnf<'_>) -> Option<Vec<String>> {
        let one = self.forms.iter().position(|form| reasoner.implies(audience, form));
        if let Some(one) = one {
            return Some(self.names.get(one).into_iter().cloned().collect());
        }
        let all = Nnf::Any(std::mem::take(&mut self.forms));
        let together = reasoner.implies(audience, &all);
        if let Nnf::Any(forms) = all {
            self.forms = forms;
        }
        together.then(|| self.names.clone())
    }

    /// Like [`covering`](Self::covering), for those in the audience who have values of all segments that the rules choose by. Returns
    /// these segments as well.
    fn covering_units(&mut self, reasoner: &Reasoner, audience: &Nnf<'s>) -> Option<(Vec<String>, Vec<String>)> {
        if self.units.is_empty() {
            return None;
        }
        let units = self.units.iter().map(|unit| Nnf::unit(unit));
        let audience = Nnf::All(units.chain([audience.clone()]).collect());
        let by = self.covering(reasoner, &audience)?;
        let name = |source: &&Source| match source {
            Source::Segment { segment, input: Some(input) } => format!("{segment} of {input}"),
            Source::Segment { segment, input: None } => segment.clone(),
            Source::Attribute { attribute } => attribute.clone(),
        };
        Some((by, self.units.iter().map(name).collect()))
    }
}

/// Returns `true` if a selector chooses for everyone, including subjects without a unit.
fn covers_everyone(selector: &Selector) -> bool {
    match selector {
        Selector::Static(_) => true,
        Selector::Rollout(rollout) => rollout.by.is_random(),
        Selector::Experiment(_) | Selector::Gate(_) => false,
    }
}

/// Returns the segments by which a selector gives one implementation to every unit: a rollout at 100%. A split of several
/// implementations is being watched by an operator, so the rules after it are not reported. All attributes together are not
/// named here: which ones a subject has is not known.
fn unit_sources(selector: &Selector, now: Timestamp) -> Vec<Source> {
    let Some(rollout) = selector.rollout() else { return Vec::new() };
    let is_whole = match selector.experiment() {
        Some(experiment) => experiment.share.0 >= 100.0 && only_weight(rollout).is_some(),
        None => only_choice(selector, now).is_some(),
    };
    let names = if is_whole { rollout.by.names() } else { &[] };
    let source = |name: &String| Source::Segment { segment: name.clone(), input: rollout.input.clone() };
    names.iter().map(source).collect()
}

/// Returns the implementation that has all of a rollout's weight.
fn only_weight(rollout: &Rollout) -> Option<&str> {
    let mut owners = rollout.weights.iter().filter(|(_, weight)| weight.0 > 0.0).map(|(name, _)| name.as_str());
    let only = owners.next()?;
    owners.next().is_none().then_some(only)
}

/// Returns the only implementation that a selector chooses from now on. Sticky assignments of an experiment are not known here.
fn only_choice(selector: &Selector, now: Timestamp) -> Option<&str> {
    match selector {
        Selector::Static(name) => Some(name),
        Selector::Rollout(rollout) => {
            let is_ramping = rollout.ramp.as_ref().is_some_and(|ramp| ramp.span().is_none_or(|(_, end)| now < end));
            only_weight(rollout).filter(|_| !is_ramping)
        }
        Selector::Experiment(_) | Selector::Gate(_) => None,
    }
}

/// Returns the units that both of two overrides by the same segment list.
fn shared_units(reasoner: &Reasoner, before: &Override, after: &Override) -> Vec<Value<'static>> {
    if !reasoner.spend(before.values.len().saturating_mul(after.values.len()).max(1)) {
        return Vec::new();
    }
    after.values.iter().filter(|unit| before.values.contains(unit)).cloned().collect()
}
