//! The form of a selector.

use std::time::{Duration, SystemTime};

use feats::model::{
    ApplicableSegment, Declaration, Experiment, Percent, RANDOM, Ramp, Rollout, SLOTS, Selector, Timestamp, ValueKind,
};

use super::operator::FieldError;
use super::source;
use crate::fields::Fields;

/// One implementation for all users, or shares of the units of a segment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SelectorForm {
    pub(crate) kind: SelectorKind,
    /// The implementation that everyone gets.
    pub(crate) choice: String,
    /// The segments to split by, as a [key](source::units_key).
    pub(crate) by: String,
    /// The shares as typed, one per implementation. An empty share excludes its implementation.
    pub(crate) weights: Vec<(String, String)>,
    /// The implementation that gets the remainder, so that the shares always sum to 100.
    pub(crate) rest: String,
    /// The share of units that enter the experiment, in percent, as typed.
    pub(crate) share: String,
    /// `true` if the rollout has a ramp.
    pub(crate) ramps: bool,
    pub(crate) start: String,
    pub(crate) duration: String,
    /// `true` if the shares are a suggestion, which follows `choice`.
    pub(crate) is_suggested: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SelectorKind {
    Static,
    Rollout,
    Experiment,
    /// The conditions of a flag, which this form keeps as they are.
    Gate,
}

impl SelectorKind {
    /// The name in the form.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            SelectorKind::Static => "static",
            SelectorKind::Rollout => "rollout",
            SelectorKind::Experiment => "experiment",
            SelectorKind::Gate => "gate",
        }
    }
}

impl SelectorForm {
    pub(crate) fn new(selector: &Selector, declaration: &Declaration) -> Self {
        let mut form = Self::empty(declaration);
        match selector {
            Selector::Static(name) => {
                form.choice.clone_from(name);
                form.suggest_split(declaration);
            }
            Selector::Rollout(rollout) => {
                form.kind = SelectorKind::Rollout;
                form.load_rollout(rollout);
            }
            Selector::Experiment(experiment) => {
                form.kind = SelectorKind::Experiment;
                form.share = experiment.share.0.to_string();
                form.load_rollout(&experiment.rollout);
            }
            Selector::Gate(_) => form.kind = SelectorKind::Gate,
        }
        form
    }

    fn empty(declaration: &Declaration) -> Self {
        let default = declaration.default_implementation();
        Self {
            kind: SelectorKind::Static,
            choice: default.to_owned(),
            by: RANDOM.to_owned(),
            weights: declaration.names().map(|name| (name.to_owned(), String::new())).collect(),
            rest: default.to_owned(),
            share: "100".to_owned(),
            ramps: false,
            start: String::new(),
            duration: "3h".to_owned(),
            is_suggested: false,
        }
    }

    /// Suggests a split to replace a single implementation: by the first suitable segment, in equal shares, with the remainder for
    /// the current implementation.
    fn suggest_split(&mut self, declaration: &Declaration) {
        let suited = || declaration.segments.iter().filter(|applicable| can_split(applicable));
        let unit = suited().find(|applicable| applicable.kind != ValueKind::Bool).or_else(|| suited().next());
        self.by = unit.map_or_else(|| RANDOM.to_owned(), |unit| source::key(&source::from_segment(unit)));
        let count = u32::try_from(declaration.implementations.len()).unwrap_or(u32::MAX).max(1);
        let share = Percent::from_slots(SLOTS / count).0.to_string();
        self.weights = declaration.names().map(|name| (name.to_owned(), share.clone())).collect();
        if declaration.position(&self.choice).is_some() {
            self.rest.clone_from(&self.choice);
        }
        self.is_suggested = true;
    }

    fn load_rollout(&mut self, rollout: &Rollout) {
        self.by = source::units_key(&rollout.by, rollout.input.as_deref());
        for (name, weight) in &rollout.weights {
            match self.weights.iter_mut().find(|(existing, _)| existing == name) {
                Some((_, text)) => *text = weight.0.to_string(),
                None => self.weights.push((name.clone(), weight.0.to_string())),
            }
        }
        // If the default has no share, the largest share gets the remainder.
        let weight = |name: &str| rollout.weights.get(name).map(|weight| weight.0);
        if weight(&self.rest).is_none() {
            let largest = rollout.weights.iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0));
            self.rest = largest.map_or_else(String::new, |(name, _)| name.clone());
        }
        if let Some(ramp) = &rollout.ramp {
            self.ramps = true;
            self.start.clone_from(&ramp.start);
            self.duration.clone_from(&ramp.duration);
        }
    }

    pub(crate) fn parse(fields: &Fields, declaration: &Declaration) -> Self {
        let mut names: Vec<String> = declaration.names().map(str::to_owned).collect();
        names.extend(fields.all("r.unknown").take(100).map(str::to_owned));
        let typed = |name: String| {
            let text = fields.get(&format!("r.w.{name}")).trim().to_owned();
            (name, text)
        };
        let kind = match fields.get("r.kind") {
            "rollout" => SelectorKind::Rollout,
            "experiment" => SelectorKind::Experiment,
            "gate" => SelectorKind::Gate,
            _ => SelectorKind::Static,
        };
        // The page of a single implementation has no fields for shares.
        if fields.has("r.suggested") || !fields.has("r.by") {
            let mut form = Self { kind, choice: fields.get("r.static").to_owned(), ..Self::empty(declaration) };
            form.suggest_split(declaration);
            return form;
        }
        let empty = Self::empty(declaration);
        Self {
            kind,
            choice: fields.get("r.static").to_owned(),
            by: fields.get("r.by").to_owned(),
            weights: names.into_iter().map(typed).collect(),
            rest: fields.get("r.rest").to_owned(),
            share: if fields.has("r.share") { fields.get("r.share").trim().to_owned() } else { empty.share },
            ramps: fields.has("r.ramp"),
            start: fields.get("r.start").trim().to_owned(),
            duration: if fields.has("r.duration") {
                fields.get("r.duration").trim().to_owned()
            } else {
                empty.duration
            },
            is_suggested: false,
        }
    }

    /// The remainder as it was typed if it is still correct, else as computed.
    pub(crate) fn remainder(&self) -> Percent {
        let left = Percent(self.remainder_percent());
        let rest = self.weights.iter().find(|(name, _)| *name == self.rest);
        let typed = rest.and_then(|(_, text)| parse_percent(text)).map(Percent);
        typed.filter(|typed| typed.slots() == left.slots()).unwrap_or(left)
    }

    /// The remainder, in percent.
    pub(crate) fn remainder_percent(&self) -> f64 {
        let others = self.weights.iter().filter(|(name, _)| *name != self.rest);
        let slots = others.filter_map(|(_, text)| Percent(parse_percent(text)?).slots());
        Percent::from_slots(slots.fold(SLOTS, u32::saturating_sub)).0
    }

    /// Builds the selector. It keeps the current seed and slots, so that no user moves unnecessarily.
    pub(crate) fn selector(&self, current: Option<&Selector>, problems: &mut Vec<(String, FieldError)>) -> Selector {
        if let (SelectorKind::Gate, Some(gate @ Selector::Gate(_))) = (self.kind, current) {
            return gate.clone();
        }
        if matches!(self.kind, SelectorKind::Static | SelectorKind::Gate) {
            if self.choice.is_empty() {
                problems.push(("r.static".to_owned(), FieldError::invalid("Choose an implementation")));
            }
            return Selector::Static(self.choice.clone());
        }
        let (by, input) = source::parse_units(&self.by);
        if self.kind == SelectorKind::Experiment && by.names().len() != 1 {
            let message = match by.is_random() {
                true => "An experiment needs a segment to split by, and this feature has none",
                false => "An experiment needs a single segment to split by",
            };
            problems.push(("r.by".to_owned(), FieldError::invalid(message)));
        }
        let before = current.filter(|current| self.is_kind_of(current)).and_then(Selector::rollout);
        let new = Rollout { input, ..Rollout::new::<String, f64>(by, []) };
        // Units of other segments cannot keep their slots.
        let mut rollout = before.filter(|before| before.has_units_of(&new)).cloned().unwrap_or(new);
        rollout.weights = self.shares(problems).into_iter().map(|(name, percent)| (name, Percent(percent))).collect();
        let before = current.and_then(Selector::experiment);
        match self.kind {
            SelectorKind::Experiment => {
                rollout.ramp = None;
                let mut experiment = Experiment::from(rollout);
                experiment.share = self.percent("r.share", &self.share, problems).map_or(experiment.share, Percent);
                experiment.reassigned = before.map(|before| before.reassigned.clone()).unwrap_or_default();
                experiment.into()
            }
            SelectorKind::Static | SelectorKind::Rollout | SelectorKind::Gate => {
                rollout.ramp = self.ramp(rollout.ramp.take(), problems);
                rollout.into()
            }
        }
    }

    fn is_kind_of(&self, selector: &Selector) -> bool {
        matches!(
            (self.kind, selector),
            (SelectorKind::Rollout, Selector::Rollout(_)) | (SelectorKind::Experiment, Selector::Experiment(_))
        )
    }

    fn shares(&self, problems: &mut Vec<(String, FieldError)>) -> Vec<(String, f64)> {
        let mut shares = Vec::new();
        let mut taken = 0_u64;
        for (name, text) in self.weights.iter().filter(|(name, text)| *name != self.rest && !text.is_empty()) {
            if let Some(percent) = self.percent(&format!("r.w.{name}"), text, problems) {
                taken += u64::from(Percent(percent).slots().unwrap_or(0));
                shares.push((name.clone(), percent));
            }
        }
        if self.rest.is_empty() {
            problems.push(("r.rest".to_owned(), FieldError::invalid("Choose which implementation gets the remainder")));
        } else {
            match u32::try_from(taken).ok().and_then(|taken| SLOTS.checked_sub(taken)) {
                Some(_) => shares.push((self.rest.clone(), self.remainder().0)),
                None => {
                    problems.push(("r.rest".to_owned(), FieldError::invalid("The shares sum to more than 100%")));
                }
            }
        }
        shares
    }

    fn percent(&self, field: &str, text: &str, problems: &mut Vec<(String, FieldError)>) -> Option<f64> {
        let percent = parse_percent(text);
        if percent.is_none() {
            let message = "Enter a number from 0 to 100 with at most four decimals";
            let error = if text.is_empty() { FieldError::missing(message) } else { FieldError::invalid(message) };
            problems.push((field.to_owned(), error));
        }
        percent
    }

    fn ramp(&self, current: Option<Ramp>, problems: &mut Vec<(String, FieldError)>) -> Option<Ramp> {
        if !self.ramps {
            return None;
        }
        if !self.start.is_empty() && self.start.parse::<Timestamp>().is_err() {
            let message = format!("“{}” is not a time in UTC such as 2026-12-01T09:00:00Z", self.start);
            problems.push(("r.start".to_owned(), FieldError::invalid(message)));
        }
        let ramp = Ramp::new(self.start.clone(), self.duration.clone());
        let span = Ramp { start: Timestamp::from(SystemTime::now()).to_string(), ..ramp.clone() }.span();
        if span.is_none_or(|(start, end)| end.since(start) == Duration::ZERO) {
            let message = format!("“{}” is not a duration such as 3h or 1h 30m", self.duration);
            problems.push(("r.duration".to_owned(), FieldError::invalid(message)));
        }
        let same = |current: &Ramp| current.start == ramp.start && current.duration == ramp.duration;
        Some(current.filter(same).unwrap_or(ramp))
    }
}

/// Parses a share such as `5`, `12,5` or `5%`.
fn parse_percent(text: &str) -> Option<f64> {
    let percent = text.replace(',', ".").trim_end_matches(['%', ' ']).parse().ok();
    percent.filter(|percent| Percent(*percent).slots().is_some())
}

/// Returns `true` if the values of a segment can identify units. Floats cannot.
pub(crate) fn can_split(applicable: &ApplicableSegment) -> bool {
    applicable.kind != ValueKind::Float
}
