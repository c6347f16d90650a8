//! Warnings: what is valid in a state, and probably not what its author meant.

mod logic;
mod unusual;

use std::collections::HashMap;

use serde::Serialize;

use self::logic::{Nnf, Reasoner};
use self::unusual::{UnusualText, unusual_texts};
use crate::text::Remark;

use crate::model::{Declaration, Override, RANDOM, Rollout, Selector, Source, State, StatePart, Timestamp, Value};

/// How many comparisons the warnings of one state may take: some milliseconds.
const BUDGET: u32 = 1_000_000;

/// Something that is valid, and probably not what was meant. In words: [`describe::warning`](crate::describe::warning).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Warning {
    /// Where in the state: `rules[2]`.
    pub path: String,
    /// What.
    #[serde(flatten)]
    pub kind: WarningKind,
}

/// What is doubtful about a part of a state.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum WarningKind {
    /// While the feature is pinned, nothing else of the state has an effect.
    Ineffective {
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
        part: StatePart,
        /// The rules that answer before.
        by: Vec<String>,
    },
    /// Whoever the part is for and has a value of these segments has an answer before: rules give all of them the same.
    UnreachableByUnits {
        /// A rule, or what is given otherwise.
        part: StatePart,
        /// The rules that answer before.
        by: Vec<String>,
        /// The segments.
        units: Vec<String>,
    },
    /// Text that is compared with something has characters that a reader does not see, or looks like another text.
    UnusualText {
        /// The text.
        text: String,
        /// What is unusual about it.
        remarks: Vec<Remark>,
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
/// use feats::model::Declaration;
/// use feats::warnings::warnings;
/// use feats::{State, Timestamp, describe};
/// let state: State = r#"{"rules": [
///     {"name": "America", "when": {"segment": "Country", "in": ["CA", "US"]}, "select": {"static": "acme"}},
///     {"name": "Canada", "when": {"segment": "Country", "in": ["CA"]}, "select": {"static": "premium"}}]}"#.parse()?;
/// let found = warnings(&state, &Declaration::new("Fee", ["acme", "premium"]), Timestamp::from(std::time::SystemTime::now()));
/// assert_eq!(found[0].path, "rules[1]");
/// assert_eq!(describe::warning(&found[0]).to_string(), "Canada is never reached: America answers before.");
/// # Ok::<(), feats::Error>(())
/// ```
pub fn warnings(state: &State, declaration: &Declaration, now: Timestamp) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |path: String, doubt| warnings.push(Warning { path, kind: doubt });
    let reasoner = Reasoner::new(BUDGET);
    let has_more = !state.overrides.is_empty() || !state.rules.is_empty() || state.otherwise.is_some();
    if let Some(pinned) = state.pinned.clone().filter(|_| has_more) {
        warn("pinned".to_owned(), WarningKind::Ineffective { pinned });
    }
    for UnusualText { path, text, remarks } in unusual_texts(state) {
        warn(path, WarningKind::UnusualText { text, remarks });
    }
    let mut comparable: HashMap<_, Vec<(usize, &Override)>> = HashMap::new();
    for (at, known) in state.overrides.iter().enumerate() {
        let earlier = comparable.entry((&known.segment, &known.input)).or_default();
        for (by, before) in earlier.iter().take_while(|_| reasoner.goes_on()) {
            let units = shared_units(&reasoner, before, known);
            if !units.is_empty() {
                warn(format!("overrides[{at}].values"), WarningKind::Shadowed { units, by: *by });
            }
        }
        earlier.push((at, known));
    }
    let coverage = Coverage::of(state, &reasoner, now);
    warnings.extend(coverage.warnings);
    let mut warn = |path: String, doubt| warnings.push(Warning { path, kind: doubt });
    let everyone = coverage.everyone;
    let otherwise = match &state.otherwise {
        _ if everyone => None,
        Some(otherwise) => only_choice(otherwise, now),
        None => Some(declaration.default_implementation()),
    };
    // Whom `otherwise` passes over gets the default.
    let whole = state.otherwise.as_ref().is_none_or(answers_everyone);
    if let Some(choice) = otherwise.filter(|_| whole && !state.rules.is_empty())
        && state.rules.iter().all(|rule| only_choice(&rule.select, now) == Some(choice))
    {
        warn("rules".to_owned(), WarningKind::AllTheSame { choice: choice.to_owned() });
    }
    warnings
}

/// The parts of a state that decide for nobody, whoever the subjects are.
pub(super) fn unreached(state: &State) -> Vec<StatePart> {
    // Only parts that others cover whole count here, so the instant does not matter.
    let coverage = Coverage::of(state, &Reasoner::new(BUDGET), Timestamp::from_millis(0));
    let parts = coverage.warnings.into_iter().filter_map(|warning| match warning.kind {
        WarningKind::NeverHolds { rule } => Some(StatePart::Rule(rule)),
        WarningKind::Unreachable { part, .. } => Some(part),
        _ => None,
    });
    parts.collect()
}

/// Which parts decide for nobody, since their condition never holds or rules before them answer.
struct Coverage {
    warnings: Vec<Warning>,
    /// Whether the rules answer everyone.
    everyone: bool,
}

impl Coverage {
    fn of(state: &State, reasoner: &Reasoner, now: Timestamp) -> Self {
        let mut warnings = Vec::new();
        let mut warn = |path: String, doubt| warnings.push(Warning { path, kind: doubt });
        let sources: Vec<Option<Source>> = state.rules.iter().map(|rule| unit_source(&rule.select, now)).collect();
        let mut answering = Answering { names: Vec::new(), forms: Vec::new(), units: Vec::new() };
        for (at, (rule, source)) in state.rules.iter().zip(&sources).enumerate() {
            let form = Nnf::of(&rule.when);
            if reasoner.never(&form) {
                warn(format!("rules[{at}].when"), WarningKind::NeverHolds { rule: rule.name.clone() });
                continue;
            }
            let part = || StatePart::Rule(rule.name.clone());
            if let Some(by) = answering.before(reasoner, &form) {
                warn(format!("rules[{at}]"), WarningKind::Unreachable { part: part(), by });
                continue;
            }
            if let Some((by, units)) = answering.before_units(reasoner, &form) {
                warn(format!("rules[{at}]"), WarningKind::UnreachableByUnits { part: part(), by, units });
            }
            if answers_everyone(&rule.select) {
                answering.push(&rule.name, form, None);
            } else if let Some(source) = source {
                answering.push(&rule.name, Nnf::All(vec![form, Nnf::unit(source)]), Some(source));
            }
        }
        let everyone = answering.before(reasoner, &Nnf::everyone());
        let is_reached = everyone.is_none();
        if state.otherwise.is_some() {
            let path = || "otherwise".to_owned();
            if let Some(by) = everyone {
                warn(path(), WarningKind::Unreachable { part: StatePart::Otherwise, by });
            } else if let Some((by, units)) = answering.before_units(reasoner, &Nnf::everyone()) {
                warn(path(), WarningKind::UnreachableByUnits { part: StatePart::Otherwise, by, units });
            }
        }
        Self { warnings, everyone: !is_reached }
    }
}

/// Rules that give everyone in their audience an answer, in order.
struct Answering<'s> {
    names: Vec<String>,
    forms: Vec<Nnf<'s>>,
    /// The segments by whose units some of them choose.
    units: Vec<&'s Source>,
}

impl<'s> Answering<'s> {
    fn push(&mut self, name: &str, form: Nnf<'s>, unit: Option<&'s Source>) {
        self.names.push(name.to_owned());
        self.forms.push(form);
        self.units.extend(unit.filter(|unit| !self.units.contains(unit)));
    }

    /// The rules that leave nobody of an audience: one of them, else all together.
    fn before(&mut self, reasoner: &Reasoner, audience: &Nnf<'_>) -> Option<Vec<String>> {
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

    /// The same of those in an audience who have a value of every segment that the rules choose by; with these segments.
    fn before_units(&mut self, reasoner: &Reasoner, audience: &Nnf<'s>) -> Option<(Vec<String>, Vec<String>)> {
        if self.units.is_empty() {
            return None;
        }
        let units = self.units.iter().map(|unit| Nnf::unit(unit));
        let audience = Nnf::All(units.chain([audience.clone()]).collect());
        let by = self.before(reasoner, &audience)?;
        let name = |source: &&Source| match source {
            Source::Segment { segment, input: Some(of) } => format!("{segment} of {of}"),
            Source::Segment { segment, input: None } => segment.clone(),
            Source::Attribute { attribute } => attribute.clone(),
        };
        Some((by, self.units.iter().map(name).collect()))
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

/// The segment by which a selector gives one implementation to every unit: a rollout at 100 %. Units of more than one
/// implementation are a split that somebody is watching, so what stands behind it is left in peace.
fn unit_source(selector: &Selector, now: Timestamp) -> Option<Source> {
    let rollout = selector.rollout().filter(|rollout| rollout.by != RANDOM)?;
    let is_whole = match selector.experiment() {
        Some(experiment) => experiment.share.0 >= 100.0 && only_weight(rollout).is_some(),
        None => only_choice(selector, now).is_some(),
    };
    is_whole.then(|| Source::Segment { segment: rollout.by.clone(), input: rollout.input.clone() })
}

/// The implementation that has all of a rollout's weight.
fn only_weight(rollout: &Rollout) -> Option<&str> {
    let mut owners = rollout.weights.iter().filter(|(_, weight)| weight.0 > 0.0).map(|(name, _)| name.as_str());
    let only = owners.next()?;
    owners.next().is_none().then_some(only)
}

/// The only implementation that a selector gives from now on. What an experiment remembers is not known.
fn only_choice(selector: &Selector, now: Timestamp) -> Option<&str> {
    match selector {
        Selector::Static(name) => Some(name),
        Selector::Rollout(rollout) => {
            let under_way = rollout.ramp.as_ref().is_some_and(|ramp| ramp.span().is_none_or(|(_, end)| now < end));
            only_weight(rollout).filter(|_| !under_way)
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
