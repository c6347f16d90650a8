//! Compilation of selectors.

use std::sync::Arc;

use super::route::experiment::{Experiment, ExperimentAllocation};
use super::route::owners::{Owners, Ramp};
use super::route::select::{Assembled, Rollout as CompiledRollout, Select, Units};
use super::route::source::Source;
use super::{Compiler, Cost, Stage};
use crate::bucketing::allocation::{self, Shares};
use crate::error::quoted;
use crate::model::limits::{MAX_SEED_BYTES, MAX_UNIT_SEGMENTS};

use crate::bucketing::Seed;
use crate::model::{
    self, ApplicableSegment, By, Ramp as RampState, RampFrom, Rollout, SLOTS, Selector, SlotRange, Timestamp,
    ValueKind, Weights, duration_millis, join,
};

impl<'a> Compiler<'a> {
    pub(super) fn selector(&mut self, path: &str, selector: &'a Selector) -> Option<Select> {
        match selector {
            // The placeholder of a selector that could not be parsed.
            Selector::Static(name) if name.is_empty() && self.is_malformed(path) => None,
            Selector::Static(name) => self.implementation(&join(path, "static"), name).map(Select::Static),
            Selector::Rollout(rollout) => {
                let compiled = self.rollout(&join(path, "rollout"), rollout)?;
                Some(self.fixed_rollout(rollout).unwrap_or_else(|| Select::Rollout(Arc::new(compiled))))
            }
            Selector::Experiment(experiment) => self.experiment(&join(path, "experiment"), experiment),
            Selector::Gate(gate) => self.gate(&join(path, "gate"), gate),
        }
    }

    /// Returns the selector of a flag's rollout that serves one implementation at 100%: it does not depend on units.
    fn fixed_rollout(&self, rollout: &Rollout) -> Option<Select> {
        let is_fixed = self.context.declaration.flag && rollout.ramp.is_none();
        let (name, _) = rollout.weights.iter().find(|(_, weight)| is_fixed && weight.slots() == Some(SLOTS))?;
        self.choices.position(name).map(Select::Static)
    }

    fn experiment(&mut self, path: &str, experiment: &model::Experiment) -> Option<Select> {
        let rollout = &experiment.rollout;
        if rollout.by.is_random() {
            self.problem(
                &join(path, "by"),
                "an experiment needs units that return; \"random\" is only allowed in rollouts",
            );
        } else if rollout.by.names().len() != 1 {
            self.problem(
                &join(path, "by"),
                "an experiment needs units of one segment; several segments are only allowed in rollouts",
            );
        }
        if rollout.ramp.is_some() {
            self.problem(&join(path, "ramp"), "an experiment can't have a ramp; increase its share step by step");
        }
        let share = experiment.share.slots();
        if share.is_none() {
            let message = "a share must be a percentage from 0 to 100 with at most four decimals";
            self.problem(&join(path, "share"), format!("{message}, not {}", experiment.share.0));
        }
        self.spend(&join(path, "reassigned"), Cost::SlotRanges, experiment.reassigned.len())?;
        for (index, reassigned) in experiment.reassigned.iter().enumerate() {
            if reassigned.first.checked_add(reassigned.length).is_none_or(|end| end > SLOTS) {
                self.problem(
                    &format!("{path}.reassigned[{index}]"),
                    format!("slots and entry positions range from 0 to {}", SLOTS - 1),
                );
            }
        }
        let CompiledRollout { units, seed, owners, .. } = self.rollout(path, rollout)?;
        let Units::One(by) = units else { return None };
        let declaration = self.context.declaration;
        let arms = rollout.weights.keys().filter_map(|name| {
            let position = self.choices.position(name)?;
            Some((position, self.choices.name(position)?.clone()))
        });
        let text = rollout.seed.as_deref().unwrap_or_default();
        let experiment_allocation = ExperimentAllocation::new(text, seed, share?, owners, &experiment.reassigned);
        let experiment = Experiment::new(
            declaration.name.clone(),
            text.into(),
            self.context.version,
            arms.collect(),
            experiment_allocation,
        );
        Some(Select::Experiment(by, Arc::new(experiment)))
    }

    fn rollout(&mut self, path: &str, rollout: &Rollout) -> Option<CompiledRollout> {
        self.spend(&join(path, "weights"), Cost::SlotRanges, rollout.weights.len())?;
        self.spend(&join(path, "slots"), Cost::SlotRanges, rollout.slots.len())?;
        let units = match rollout.bucketing {
            None => self.units(path, rollout),
            Some(bucketing) => self.bucketed(path, rollout, bucketing).map(Units::Assembled),
        };
        let seed = self.seed(path, rollout);
        let shares = self.weights(&join(path, "weights"), &rollout.weights);
        let slots = self.slots(&join(path, "slots"), &rollout.slots, shares.as_ref());
        let ramp = match &rollout.ramp {
            None => Some(None),
            Some(ramp) => self.ramp(&join(path, "ramp"), ramp, slots.as_deref()).map(Some),
        };
        let owners = slots.and_then(|slots| Owners::new(&slots, |name| self.choices.position(name)));
        Some(CompiledRollout { units: units?, seed: Seed::new(seed?), owners: owners?, ramp: ramp? })
    }

    pub(super) fn units(&mut self, path: &str, rollout: &Rollout) -> Option<Units> {
        let by_path = join(path, "by");
        match &rollout.by {
            by if by.is_random() => Some(Units::Random),
            By::One(name) => self.unit(path, &by_path, name, rollout.input.as_deref()).map(Units::One),
            By::Several(names) => match names.as_slice() {
                [] => self.all_attributes(&by_path),
                [name] => {
                    let path_of_name = format!("{by_path}[0]");
                    self.unit(path, &path_of_name, name, rollout.input.as_deref()).map(Units::One)
                }
                names => self.several(path, names, rollout.input.as_deref()),
            },
        }
    }

    /// Returns the units of all attributes together, which only flags have.
    fn all_attributes(&mut self, path: &str) -> Option<Units> {
        if self.context.declaration.flag {
            return Some(Units::Assembled(Assembled::All));
        }
        let message = "an empty list means all attributes, which only flags allow; list the segments of the feature";
        self.problem(path, message);
        None
    }

    fn several(&mut self, path: &str, names: &[String], input: Option<&str>) -> Option<Units> {
        let by_path = join(path, "by");
        if names.len() > MAX_UNIT_SEGMENTS {
            self.check_limit(&by_path, names.len(), MAX_UNIT_SEGMENTS);
            return None;
        }
        if input.is_some() {
            self.problem(&join(path, "input"), "only a rollout by a single segment has an input");
        }
        let mut sources = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let path = format!("{by_path}[{index}]");
            if names.iter().take(index).any(|earlier| earlier == name) {
                self.problem(&path, format!("duplicate segment {}", quoted(name)));
            } else if self.segments_named(name).any(|applicable| applicable.input.is_some()) {
                self.problem(
                    &path,
                    format!("{name} applies to several inputs and can only be a unit by itself, with \"input\""),
                );
            } else {
                sources.extend(self.unit(&path, &path, name, None));
            }
        }
        (sources.len() == names.len()).then(|| Units::Assembled(Assembled::Segments(sources.into())))
    }

    /// Returns the source of a unit.
    fn unit(&mut self, path: &str, name_path: &str, name: &str, input: Option<&str>) -> Option<Source> {
        let declaration = self.context.declaration;
        if declaration.flag {
            return self.flag_attribute(path, name, input);
        }
        if self.segments_named(name).next().is_none() {
            let message = format!("no segment named {}", quoted(name));
            let known = declaration.segments.iter().map(|applicable| &*applicable.segment);
            self.unknown_name(name_path, message, name, known);
            return None;
        }
        let (source, segment) = self.segment(path, name, input)?;
        if segment.kind == ValueKind::Float {
            let message =
                format!("{} is a float and cannot identify units; use text, an integer or a bool", segment.segment);
            self.problem(name_path, message);
            return None;
        }
        Some(source)
    }

    fn segments_named(&self, name: &str) -> impl Iterator<Item = &ApplicableSegment> {
        self.context.declaration.segments.iter().filter(move |applicable| *applicable.segment == *name)
    }

    /// Returns the seed; empty if publishing will generate one.
    fn seed<'r>(&mut self, path: &str, rollout: &'r Rollout) -> Option<&'r str> {
        match (&rollout.seed, self.context.stage) {
            (Some(seed), _) if seed.is_empty() => {
                self.problem(&join(path, "seed"), "a seed can't be empty; omit it to get a new one");
                None
            }
            (Some(seed), _) if seed.len() > MAX_SEED_BYTES => {
                self.problem(&join(path, "seed"), format!("a seed can have at most {MAX_SEED_BYTES} bytes"));
                None
            }
            (Some(seed), _) => Some(seed),
            (None, Stage::Publish { .. }) => Some(""),
            (None, Stage::Stored) => {
                self.problem(&join(path, "seed"), "this field is required");
                None
            }
        }
    }

    /// Returns the shares in slots. Every weight must be from 0 to 100 with at most four decimals, and the weights must sum to 100.
    fn weights(&mut self, path: &str, weights: &Weights) -> Option<Shares> {
        let mut shares = Shares::new();
        let mut usable = true;
        for (name, weight) in weights {
            let path = join(path, name);
            usable &= self.implementation(&path, name).is_some();
            match weight.slots() {
                Some(slots) => drop(shares.insert(name.clone(), slots)),
                None => {
                    usable = false;
                    let message = "a weight must be a percentage from 0 to 100 with at most four decimals";
                    self.problem(&path, format!("{message}, not {}", weight.0));
                }
            }
        }
        let total: u64 = shares.values().map(|slots| u64::from(*slots)).sum();
        if shares.len() == weights.len() && total != u64::from(SLOTS) {
            usable = false;
            if !self.is_malformed(path) {
                #[allow(clippy::cast_precision_loss, reason = "only shown")]
                let sum = total as f64 / f64::from(SLOTS / 100);
                self.problem(path, format!("the weights must sum to 100, not {sum}"));
            }
        }
        usable.then_some(shares)
    }

    /// Returns the stored slots. On publish, returns new slots for the weights if the stored ones do not match them.
    fn slots(&mut self, path: &str, slots: &[SlotRange], shares: Option<&Shares>) -> Option<Vec<SlotRange>> {
        let shares = shares?;
        if allocation::has_shares(slots, shares) {
            // An empty range may belong to an implementation that no longer exists.
            return Some(slots.iter().filter(|range| range.length > 0).cloned().collect());
        }
        if let Stage::Publish { .. } = self.context.stage {
            return Some(allocation::initial(shares, self.context.version));
        }
        if !self.is_malformed(path) {
            self.problem(path, "the slots do not match the weights");
        }
        None
    }

    fn ramp(&mut self, path: &str, ramp: &RampState, slots: Option<&[SlotRange]>) -> Option<Ramp> {
        let start_path = join(path, "start");
        let publishing = matches!(self.context.stage, Stage::Publish { .. });
        let start = match publishing && ramp.start.is_empty() {
            true => Some(Timestamp::from_millis(0)),
            false => self.time(&start_path, &ramp.start),
        };
        if let Some(start) = start.filter(|_| !ramp.start.is_empty() && !ramp.start.ends_with(['Z', 'z'])) {
            self.problem_on_publish(&start_path, format!("the start of a ramp must be in UTC; write \"{start}\""));
        }
        let duration = duration_millis(&ramp.duration);
        if duration.is_none() {
            let message = format!(
                "{} is not a duration such as \"3h\" or \"1h 30m\", of at most ten years",
                quoted(&ramp.duration)
            );
            self.problem(&join(path, "duration"), message);
        }
        let from_path = join(path, "from");
        let ranges = match &ramp.from {
            Some(RampFrom::Slots(slots)) => slots.len(),
            Some(RampFrom::Weights(weights)) => weights.len(),
            None => 0,
        };
        self.spend(&from_path, Cost::SlotRanges, ranges)?;
        let from = match &ramp.from {
            Some(RampFrom::Slots(slots)) => self.ramp_slots(&from_path, slots),
            Some(RampFrom::Weights(weights)) => {
                let shares = self.weights(&from_path, weights);
                if !publishing {
                    self.problem(&from_path, "a stored ramp needs slots here, not weights");
                }
                shares.map(|shares| allocation::initial(&shares, self.context.version))
            }
            None if publishing => slots.map(<[SlotRange]>::to_vec),
            None => {
                self.problem(&from_path, "this field is required");
                None
            }
        };
        let (from, to) = (from?, slots?);
        Ramp::new(start?, duration?, ramp.step.unwrap_or(1), &allocation::overlay(&from, to), |name| {
            self.choices.position(name)
        })
    }

    fn ramp_slots(&mut self, path: &str, slots: &[SlotRange]) -> Option<Vec<SlotRange>> {
        let mut usable = true;
        for (index, range) in slots.iter().enumerate().filter(|(_, range)| range.length > 0) {
            usable &= self.implementation(&format!("{path}[{index}]"), &range.implementation).is_some();
        }
        if !allocation::is_whole(slots) {
            usable = false;
            if !self.is_malformed(path) {
                let total: u64 = slots.iter().map(|range| u64::from(range.length)).sum();
                self.problem(path, format!("the slots must sum to {SLOTS}, not {total}"));
            }
        }
        usable.then(|| slots.to_vec())
    }
}
