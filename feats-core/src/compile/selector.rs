//! Compiling selectors.

use std::sync::Arc;

use super::route::experiment::{Experiment, ExperimentAllocation};
use super::route::owners::{Owners, Ramp};
use super::route::select::{Rollout as CompiledRollout, Select};
use super::route::source::Source;
use super::{Compiler, Cost, Stage};
use crate::bucketing::allocation::{self, Shares};
use crate::error::quoted;
use crate::model::limits::MAX_SEED_BYTES;

use crate::bucketing::Seed;
use crate::model::{
    self, RANDOM, Ramp as RampState, RampFrom, Rollout, SLOTS, Selector, SlotRange, Timestamp, ValueKind, Weights,
    duration_millis, join,
};

impl Compiler<'_> {
    pub(super) fn selector(&mut self, path: &str, selector: &Selector) -> Option<Select> {
        match selector {
            // Stands for a selector that could not be read.
            Selector::Static(name) if name.is_empty() && self.is_malformed(path) => None,
            Selector::Static(name) => self.implementation(&join(path, "static"), name).map(Select::Static),
            Selector::Rollout(rollout) => {
                let rollout = self.rollout(&join(path, "rollout"), rollout)?;
                Some(Select::Rollout(Arc::new(rollout)))
            }
            Selector::Experiment(experiment) => self.experiment(&join(path, "experiment"), experiment),
        }
    }

    fn experiment(&mut self, path: &str, experiment: &model::Experiment) -> Option<Select> {
        let rollout = &experiment.rollout;
        if rollout.by == RANDOM {
            self.problem(&join(path, "by"), "an experiment remembers its units, and a random one never comes back");
        }
        if rollout.ramp.is_some() {
            self.problem(&join(path, "ramp"), "an experiment has no ramp; change its share step by step");
        }
        let share = experiment.share.slots();
        if share.is_none() {
            let message = "a share is a percentage from 0 to 100 with at most four decimals";
            self.problem(&join(path, "share"), format!("{message}, not {}", experiment.share.0));
        }
        self.spend(&join(path, "reassigned"), Cost::SlotRanges, experiment.reassigned.len())?;
        for (at, reassigned) in experiment.reassigned.iter().enumerate() {
            if reassigned.first.checked_add(reassigned.length).is_none_or(|end| end > SLOTS) {
                self.problem(
                    &format!("{path}.reassigned[{at}]"),
                    format!("slots and entries are from 0 to {}", SLOTS - 1),
                );
            }
        }
        let CompiledRollout { by, seed, owners, .. } = self.rollout(path, rollout)?;
        let declaration = self.context.declaration;
        let arms = rollout.weights.keys().filter_map(|name| {
            let position = self.choices.position(name)?;
            Some((position, self.choices.name(position)?.clone()))
        });
        let text = rollout.seed.as_deref().unwrap_or_default();
        let territory = ExperimentAllocation::new(text, seed, share?, owners, &experiment.reassigned);
        let experiment =
            Experiment::new(declaration.name.clone(), text.into(), self.context.version, arms.collect(), territory);
        Some(Select::Experiment(by?, Arc::new(experiment)))
    }

    fn rollout(&mut self, path: &str, rollout: &Rollout) -> Option<CompiledRollout> {
        self.spend(&join(path, "weights"), Cost::SlotRanges, rollout.weights.len())?;
        self.spend(&join(path, "slots"), Cost::SlotRanges, rollout.slots.len())?;
        let by = self.unit(path, rollout);
        let seed = self.seed(path, rollout);
        let shares = self.weights(&join(path, "weights"), &rollout.weights);
        let slots = self.slots(&join(path, "slots"), &rollout.slots, shares.as_ref());
        let ramp = match &rollout.ramp {
            None => Some(None),
            Some(ramp) => self.ramp(&join(path, "ramp"), ramp, slots.as_deref()).map(Some),
        };
        let owners = slots.and_then(|slots| Owners::new(&slots, |name| self.choices.position(name)));
        Some(CompiledRollout { by: by?, seed: Seed::new(seed?), owners: owners?, ramp: ramp? })
    }

    /// Where the unit comes from; `Some(None)` for a draw.
    fn unit(&mut self, path: &str, rollout: &Rollout) -> Option<Option<Source>> {
        if rollout.by == RANDOM {
            return Some(None);
        }
        let declaration = self.context.declaration;
        let of = rollout.input.as_deref();
        if declaration.segments.iter().all(|fitting| *fitting.segment != rollout.by) {
            let message = format!("no segment named {}", quoted(&rollout.by));
            let known = declaration.segments.iter().map(|fitting| &*fitting.segment);
            self.unknown(&join(path, "by"), message, &rollout.by, known);
            return None;
        }
        let (source, segment) = self.segment(path, &rollout.by, of)?;
        if segment.kind == ValueKind::Float {
            let message = format!("{} is a float, which is no unit; use text, integers or bools", segment.segment);
            self.problem(&join(path, "by"), message);
            return None;
        }
        Some(Some(source))
    }

    /// Publishing makes a seed where there is none.
    fn seed<'r>(&mut self, path: &str, rollout: &'r Rollout) -> Option<&'r str> {
        match (&rollout.seed, self.context.stage) {
            (Some(seed), _) if seed.is_empty() => {
                self.problem(&join(path, "seed"), "a seed is not empty; leave it out for a new one");
                None
            }
            (Some(seed), _) if seed.len() > MAX_SEED_BYTES => {
                self.problem(&join(path, "seed"), format!("a seed has at most {MAX_SEED_BYTES} bytes"));
                None
            }
            (Some(seed), _) => Some(seed),
            (None, Stage::Publish { .. }) => Some(""),
            (None, Stage::Stored) => {
                self.problem(&join(path, "seed"), "this is missing");
                None
            }
        }
    }

    /// The shares in slots. Every weight is from 0 to 100 with at most four decimals, and they sum to 100.
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
                    let message = "a weight is a percentage from 0 to 100 with at most four decimals";
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
                self.problem(path, format!("the weights sum to {sum}, not to 100"));
            }
        }
        usable.then_some(shares)
    }

    /// The stored slots; while publishing, those that the weights ask for if there are none that agree.
    fn slots(&mut self, path: &str, slots: &[SlotRange], shares: Option<&Shares>) -> Option<Vec<SlotRange>> {
        let shares = shares?;
        if allocation::agrees(slots, shares) {
            // A run of no slots may be of an implementation that is gone.
            return Some(slots.iter().filter(|run| run.length > 0).cloned().collect());
        }
        if let Stage::Publish { .. } = self.context.stage {
            return Some(allocation::initial(shares, self.context.version));
        }
        if !self.is_malformed(path) {
            self.problem(path, "the slots do not agree with the weights");
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
            self.doubt(&start_path, format!("a ramp is in UTC; write \"{start}\""));
        }
        let duration = duration_millis(&ramp.duration);
        if duration.is_none() {
            let message =
                format!("{} is no duration as in \"3h\" or \"1h 30m\", of at most ten years", quoted(&ramp.duration));
            self.problem(&join(path, "duration"), message);
        }
        let from_path = join(path, "from");
        let ranges = match &ramp.from {
            Some(RampFrom::Slots(runs)) => runs.len(),
            Some(RampFrom::Weights(weights)) => weights.len(),
            None => 0,
        };
        self.spend(&from_path, Cost::SlotRanges, ranges)?;
        let from = match &ramp.from {
            Some(RampFrom::Slots(runs)) => self.ramp_slots(&from_path, runs),
            Some(RampFrom::Weights(weights)) => {
                let shares = self.weights(&from_path, weights);
                if !publishing {
                    self.problem(&from_path, "this is not stored as slots");
                }
                shares.map(|shares| allocation::initial(&shares, self.context.version))
            }
            None if publishing => slots.map(<[SlotRange]>::to_vec),
            None => {
                self.problem(&from_path, "this is missing");
                None
            }
        };
        let (from, to) = (from?, slots?);
        Ramp::new(start?, duration?, &allocation::overlay(&from, to), |name| self.choices.position(name))
    }

    fn ramp_slots(&mut self, path: &str, runs: &[SlotRange]) -> Option<Vec<SlotRange>> {
        let mut usable = true;
        for (at, run) in runs.iter().enumerate().filter(|(_, run)| run.length > 0) {
            usable &= self.implementation(&format!("{path}[{at}]"), &run.implementation).is_some();
        }
        if !allocation::is_whole(runs) {
            usable = false;
            if !self.is_malformed(path) {
                let total: u64 = runs.iter().map(|run| u64::from(run.length)).sum();
                self.problem(path, format!("the slots are {total}, not {SLOTS}"));
            }
        }
        usable.then(|| runs.to_vec())
    }
}
