//! The form of a selector.

use std::time::{Duration, SystemTime};

use feats::model::{
    ApplicableSegment, By, Declaration, ENABLED, Experiment, Percent, RANDOM, Ramp, RampFrom, Rollout, SLOTS, Selector,
    Timestamp, ValueKind, Weights,
};

use super::buckets::BucketsOf;
use super::gate::GateForm;
use super::operator::FieldError;
use super::{source, units};
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
    /// The shares that the ramp starts from, as typed, one per implementation. If all are empty, it starts from the current ones.
    pub(crate) from: Vec<(String, String)>,
    /// The units for which the rollout goes on in the buckets of another system.
    pub(crate) buckets: Option<BucketsOf>,
    /// The conditions of a flag, if they are edited. Their rows are in the form of the rule.
    pub(crate) gate: Option<GateForm>,
    /// `true` if the selector is that of a flag.
    pub(crate) is_flag: bool,
    /// `true` if the shares are a suggestion, which follows `choice`.
    pub(crate) is_suggested: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SelectorKind {
    Static,
    Rollout,
    Experiment,
    /// The conditions of a flag.
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
            Selector::Gate(gate) => {
                form.kind = SelectorKind::Gate;
                form.gate = Some(GateForm::new(gate));
            }
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
            from: declaration.names().map(|name| (name.to_owned(), String::new())).collect(),
            buckets: None,
            gate: None,
            is_flag: declaration.flag,
            is_suggested: false,
        }
    }

    /// Suggests a split to replace a single implementation: by the first suitable segment, in equal shares, with the remainder for
    /// the current implementation.
    fn suggest_split(&mut self, declaration: &Declaration) {
        self.is_suggested = true;
        if declaration.flag {
            return self.suggest_percentages(declaration);
        }
        let suited = || declaration.segments.iter().filter(|applicable| can_split(applicable));
        let unit = suited().find(|applicable| applicable.kind != ValueKind::Bool).or_else(|| suited().next());
        self.by = unit.map_or_else(|| RANDOM.to_owned(), |unit| source::key(&source::from_segment(unit)));
        let count = u32::try_from(declaration.implementations.len()).unwrap_or(u32::MAX).max(1);
        let share = Percent::from_slots(SLOTS / count).0.to_string();
        self.weights = declaration.names().map(|name| (name.to_owned(), share.clone())).collect();
        if declaration.position(&self.choice).is_some() {
            self.rest.clone_from(&self.choice);
        }
    }

    /// Suggests the percentages of a flag: half of the users, or equal shares of the variants.
    fn suggest_percentages(&mut self, declaration: &Declaration) {
        let unit = declaration.segments.iter().find(|known| can_split(known) && known.kind != ValueKind::Bool);
        let by = unit.map_or_else(units::none, |unit| By::segment(&*unit.segment));
        self.by = source::units_key(&by, None);
        let default = declaration.default_implementation();
        let has_variants = declaration.position(ENABLED).is_none();
        let variants = declaration.names().filter(|name| *name != default).count();
        let count = if has_variants { u32::try_from(variants).unwrap_or(u32::MAX).max(1) } else { 2 };
        let share = Percent::from_slots(SLOTS / count).0.to_string();
        let text = |name: &str| if name == default { String::new() } else { share.clone() };
        self.weights = declaration.names().map(|name| (name.to_owned(), text(name))).collect();
        self.rest = match has_variants {
            true if self.choice != default => self.choice.clone(),
            true => declaration.names().nth(1).unwrap_or(default).to_owned(),
            false => default.to_owned(),
        };
    }

    fn load_rollout(&mut self, rollout: &Rollout) {
        self.by = source::units_key(&rollout.by, rollout.input.as_deref());
        self.buckets = rollout.bucketing.map(|bucketing| BucketsOf { by: rollout.by.clone(), bucketing });
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
            self.load_ramp_start(ramp);
        }
    }

    /// Loads the shares that a ramp starts from, if it is not published yet.
    fn load_ramp_start(&mut self, ramp: &Ramp) {
        let Some(RampFrom::Weights(weights)) = &ramp.from else { return };
        for (name, weight) in weights {
            match self.from.iter_mut().find(|(existing, _)| existing == name) {
                Some((_, text)) => *text = weight.0.to_string(),
                None => self.from.push((name.clone(), weight.0.to_string())),
            }
        }
    }

    pub(crate) fn parse(fields: &Fields, declaration: &Declaration) -> Self {
        let mut names: Vec<String> = declaration.names().map(str::to_owned).collect();
        names.extend(fields.all("r.unknown").take(100).map(str::to_owned));
        let typed = |prefix: &str| -> Vec<(String, String)> {
            let text = |name: &String| fields.get(&format!("{prefix}{name}")).trim().to_owned();
            names.iter().map(|name| (name.clone(), text(name))).collect()
        };
        let kind = match fields.get("r.kind") {
            "rollout" => SelectorKind::Rollout,
            "experiment" => SelectorKind::Experiment,
            "gate" => SelectorKind::Gate,
            _ => SelectorKind::Static,
        };
        let gate = (kind == SelectorKind::Gate).then(|| GateForm::parse(fields));
        // The page of a single implementation has no fields for shares.
        if gate.is_some() || fields.has("r.suggested") || !(fields.has("r.by") || fields.has("r.units")) {
            let mut form = Self { kind, choice: fields.get("r.static").to_owned(), gate, ..Self::empty(declaration) };
            form.suggest_split(declaration);
            return form;
        }
        let empty = Self::empty(declaration);
        Self {
            kind,
            choice: fields.get("r.static").to_owned(),
            by: if fields.has("r.units") { units::parse(fields) } else { fields.get("r.by").to_owned() },
            weights: typed("r.w."),
            rest: fields.get("r.rest").to_owned(),
            share: if fields.has("r.share") { fields.get("r.share").trim().to_owned() } else { empty.share },
            ramps: fields.has("r.ramp"),
            start: fields.get("r.start").trim().to_owned(),
            duration: if fields.has("r.duration") {
                fields.get("r.duration").trim().to_owned()
            } else {
                empty.duration
            },
            from: typed("r.f."),
            buckets: BucketsOf::parse(fields.get("r.buckets")),
            gate,
            is_flag: declaration.flag,
            is_suggested: false,
        }
    }

    /// The remainder of the shares.
    pub(crate) fn remainder(&self) -> Percent {
        self.remainder_of(&self.weights)
    }

    /// The remainder of the shares that the ramp starts from; `None` if it starts from the current ones.
    pub(crate) fn ramp_start_remainder(&self) -> Option<Percent> {
        self.has_ramp_start().then(|| self.remainder_of(&self.from))
    }

    /// The remainder as it was typed if it is still correct, else as computed.
    fn remainder_of(&self, shares: &[(String, String)]) -> Percent {
        let others = shares.iter().filter(|(name, _)| *name != self.rest);
        let slots = others.filter_map(|(_, text)| Percent(parse_percent(text)?).slots());
        let left = Percent::from_slots(slots.fold(SLOTS, u32::saturating_sub));
        let rest = shares.iter().find(|(name, _)| *name == self.rest);
        let typed = rest.and_then(|(_, text)| parse_percent(text)).map(Percent);
        typed.filter(|typed| typed.slots() == left.slots()).unwrap_or(left)
    }

    fn has_ramp_start(&self) -> bool {
        self.from.iter().any(|(name, text)| *name != self.rest && !text.is_empty())
    }

    /// Builds the selector. It keeps the current seed and slots, so that no user moves unnecessarily.
    pub(crate) fn selector(&self, current: Option<&Selector>, problems: &mut Vec<(String, FieldError)>) -> Selector {
        if matches!(self.kind, SelectorKind::Static | SelectorKind::Gate) {
            if self.choice.is_empty() {
                let what = if self.is_flag { "a variant" } else { "an implementation" };
                problems.push(("r.static".to_owned(), FieldError::invalid(format!("Choose {what}"))));
            }
            return Selector::Static(self.choice.clone());
        }
        let (mut by, input) = source::parse_units(&self.by);
        let units_field = if self.is_flag { "r.attribute" } else { "r.by" };
        if self.is_flag {
            match units::check(by.clone()) {
                Ok(checked) => by = checked,
                Err(error) => problems.push((units_field.to_owned(), error)),
            }
        }
        if self.kind == SelectorKind::Experiment && by.names().len() != 1 {
            let message = match by.is_random() {
                _ if self.is_flag => "An experiment needs a single attribute to split by",
                true => "An experiment needs a segment to split by, and this feature has none",
                false => "An experiment needs a single segment to split by",
            };
            problems.push((units_field.to_owned(), FieldError::invalid(message)));
        }
        let before = current.filter(|current| self.is_kind_of(current)).and_then(Selector::rollout);
        let mut new = Rollout { input, ..Rollout::new::<String, f64>(by, []) };
        if let Some(buckets) = self.buckets.as_ref().filter(|_| self.kind == SelectorKind::Rollout) {
            buckets.keep_in(&mut new);
        }
        // Units of other segments cannot keep their slots.
        let mut rollout = before.filter(|before| before.has_units_of(&new)).cloned().unwrap_or(new);
        rollout.weights = self.shares("r.w.", &self.weights, problems);
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

    /// Returns the shares of fields with this prefix, which sum to 100.
    fn shares(&self, prefix: &str, texts: &[(String, String)], problems: &mut Vec<(String, FieldError)>) -> Weights {
        let mut shares = Weights::new();
        let mut taken = 0_u64;
        for (name, text) in texts.iter().filter(|(name, text)| *name != self.rest && !text.is_empty()) {
            if let Some(percent) = self.percent(&format!("{prefix}{name}"), text, problems) {
                taken += u64::from(Percent(percent).slots().unwrap_or(0));
                shares.insert(name.clone(), Percent(percent));
            }
        }
        if self.rest.is_empty() {
            let what = if self.is_flag { "variant" } else { "implementation" };
            let message = format!("Choose which {what} gets the remainder");
            problems.push(("r.rest".to_owned(), FieldError::invalid(message)));
        } else {
            match u32::try_from(taken).ok().and_then(|taken| SLOTS.checked_sub(taken)) {
                Some(_) => drop(shares.insert(self.rest.clone(), self.remainder_of(texts))),
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
        let step = current.as_ref().and_then(|current| current.step);
        let from = self.has_ramp_start().then(|| RampFrom::Weights(self.shares("r.f.", &self.from, problems)));
        let ramp = Ramp { from, step, ..Ramp::new(self.start.clone(), self.duration.clone()) };
        let span = Ramp { start: Timestamp::from(SystemTime::now()).to_string(), ..ramp.clone() }.span();
        if span.is_none_or(|(start, end)| end.since(start) == Duration::ZERO) {
            let message = format!("“{}” is not a duration such as 3h or 1h 30m", self.duration);
            problems.push(("r.duration".to_owned(), FieldError::invalid(message)));
        }
        let starts_like = |current: &Ramp| match &ramp.from {
            Some(from) => current.from.as_ref() == Some(from),
            None => !matches!(current.from, Some(RampFrom::Weights(_))),
        };
        let same =
            |current: &Ramp| current.start == ramp.start && current.duration == ramp.duration && starts_like(current);
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
