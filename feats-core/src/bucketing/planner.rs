//! The allocation planner, which completes the seeds and slots of a new state from the previous state.
//!
//! A writer sets shares; the allocation of the slots follows from the previous allocation. See [`allocation`] for the rules.

use std::collections::BTreeSet;

use super::allocation::{self, Shares};
use crate::error::Problem;

use crate::model::{
    Bucketing, Experiment, Ramp, RampFrom, Rollout, SLOTS, Selector, SelectorPath, SlotRange, State, Timestamp,
    duration_text,
};

/// A planner for the slot allocations of a new state.
pub struct AllocationPlanner<'a> {
    /// The newest state, as stored.
    pub base: &'a State,
    /// The version of the new state.
    pub version: u64,
    /// The time of publishing.
    pub now: Timestamp,
    /// The default implementation, which applies if `otherwise` is absent.
    pub default: &'a str,
    /// Experiments that are missing in the newest state, each from the last revision that had it.
    pub earlier: &'a [Experiment],
}

impl AllocationPlanner<'_> {
    /// Completes the seeds, slots and ramps of a valid state, with `seed` as the source of new seeds.
    pub fn plan(&self, state: &mut State, mut seed: impl FnMut() -> String) {
        let seeds = state.selectors().filter_map(|(_, selector)| selector.rollout()?.seed.clone()).collect();
        let rules = state.rules.iter_mut().map(|rule| (SelectorPath::Rule(0, rule.name.as_str()), &mut rule.select));
        let otherwise = state.otherwise.iter_mut().map(|selector| (SelectorPath::Otherwise, selector));
        for (place, selector) in rules.chain(otherwise) {
            if let Some(rollout) = selector.rollout_mut() {
                rollout.weights.values_mut().for_each(|weight| *weight = weight.rounded());
                self.plan_rollout(place, rollout, &seeds, &mut seed);
            }
            if let Some(experiment) = selector.experiment_mut() {
                experiment.share = experiment.share.rounded();
                self.extend_reassigned(experiment);
            }
        }
    }

    /// Extends the reassigned ranges of an experiment by those of the previous state, even if the experiment was paused.
    pub fn extend_reassigned(&self, experiment: &mut Experiment) {
        if let Some(before) = self.same_experiment(experiment) {
            experiment.extend_reassigned(before);
        }
    }

    /// Reports experiments that reuse the seed of an experiment over other units, which would be mistaken for their own.
    pub fn foreign_seeds(&self, state: &State) -> Vec<Problem> {
        let experiments = state.selectors().filter_map(|(place, selector)| Some((place, selector.experiment()?)));
        let foreign = experiments.filter_map(|(place, experiment)| {
            let known = &self.same_experiment(experiment)?.rollout;
            (!known.has_units_of(&experiment.rollout)).then(|| {
                let message =
                    format!("an experiment by {} already has this seed; omit the seed to get a new one", known.by);
                Problem::new(format!("{}.experiment.seed", place.path()), message)
            })
        });
        foreign.collect()
    }

    /// Returns the experiment with the same seed in its latest form.
    fn same_experiment(&self, experiment: &Experiment) -> Option<&Experiment> {
        let seed = experiment.rollout.seed.as_ref()?;
        let current = self.base.selectors().filter_map(|(_, selector)| selector.experiment());
        current.chain(self.earlier).find(|before| before.rollout.seed.as_ref() == Some(seed))
    }

    fn plan_rollout(
        &self,
        place: SelectorPath<'_>,
        rollout: &mut Rollout,
        seeds: &BTreeSet<String>,
        seed: &mut impl FnMut() -> String,
    ) {
        let shares = allocation::shares_by_weight(&rollout.weights);
        if let Some(ramp) = rollout.ramp.as_mut().filter(|ramp| ramp.start.is_empty()) {
            ramp.start = self.now.to_string();
        }
        let before = self.same_rollout(place, rollout, seeds);
        let inherited = before.and_then(|before| before.seed.clone());
        rollout.seed.get_or_insert_with(|| inherited.unwrap_or_else(seed));
        if before.is_some_and(|before| {
            before.ramp == rollout.ramp && allocation::shares_by_weight(&before.weights) == shares
        }) && allocation::has_shares(&rollout.slots, &shares)
        {
            return;
        }
        let current = before.and_then(|before| self.allocation(before));
        let from = self.ramp_from(place, rollout, before, current.as_deref());
        if !allocation::has_shares(&rollout.slots, &shares) {
            rollout.slots = match from.as_deref().or(current.as_deref()) {
                Some(allocation) => self.reallocate(rollout.bucketing, allocation, &shares),
                None => self.initial(rollout.bucketing, &shares),
            };
        }
        if let Some(ramp) = &mut rollout.ramp {
            self.keep_end(ramp, before.and_then(|before| before.ramp.as_ref()));
            ramp.from = Some(RampFrom::Slots(from.or(current).unwrap_or_else(|| rollout.slots.clone())));
        }
    }

    fn reallocate(&self, bucketing: Option<Bucketing>, before: &[SlotRange], shares: &Shares) -> Vec<SlotRange> {
        match bucketing {
            None => allocation::reallocate(before, shares, self.version),
            Some(_) => allocation::reallocate_buckets(before, shares, self.default, self.version),
        }
    }

    fn initial(&self, bucketing: Option<Bucketing>, shares: &Shares) -> Vec<SlotRange> {
        match bucketing {
            None => allocation::initial(shares, self.version),
            Some(_) => allocation::initial_buckets(shares, self.default, self.version),
        }
    }

    /// Returns the allocation that a ramp starts from, if it is not the current one: the one given by the writer, or the static
    /// choice that the rollout replaces.
    fn ramp_from(
        &self,
        place: SelectorPath<'_>,
        rollout: &Rollout,
        before: Option<&Rollout>,
        current: Option<&[SlotRange]>,
    ) -> Option<Vec<SlotRange>> {
        let ramp = rollout.ramp.as_ref()?;
        match &ramp.from {
            Some(RampFrom::Weights(weights)) => Some(match current {
                Some(current) => self.reallocate(rollout.bucketing, current, &allocation::shares_by_weight(weights)),
                None => self.initial(rollout.bucketing, &allocation::shares_by_weight(weights)),
            }),
            // The start of the previous ramp, carried along by an edit of something else, is outdated.
            Some(RampFrom::Slots(slots)) => {
                (before.and_then(Rollout::ramp_slots) != Some(slots)).then(|| slots.clone())
            }
            None if before.is_some() => None,
            None => match self.selector_at(place)? {
                Selector::Static(name) => Some(vec![SlotRange::new(name.clone(), SLOTS, self.version)]),
                Selector::Rollout(_) | Selector::Experiment(_) | Selector::Gate(_) => None,
            },
        }
    }

    /// Restarts a ramp whose target has changed: it starts now and keeps its end.
    fn keep_end(&self, ramp: &mut Ramp, before: Option<&Ramp>) {
        let same = before.is_some_and(|before| before.start == ramp.start && before.duration == ramp.duration);
        if let (true, Some((start, end))) = (same, ramp.span())
            && start < self.now
        {
            ramp.start = self.now.to_string();
            ramp.duration = duration_text(end.since(self.now));
        }
    }

    /// Returns the allocation of a rollout at the time of publishing; `None` if it is invalid, and the state therefore quarantined
    /// everywhere.
    pub(crate) fn allocation(&self, rollout: &Rollout) -> Option<Vec<SlotRange>> {
        let slots = rollout.allocation_at(self.now);
        allocation::is_whole(&slots).then_some(slots)
    }

    /// Returns the same rollout of the previous state: the one with the same seed; for a rollout without a seed, the one in the
    /// same place with the same units, unless the new state uses its seed (one of `seeds`) in another place.
    fn same_rollout(&self, place: SelectorPath<'_>, rollout: &Rollout, seeds: &BTreeSet<String>) -> Option<&Rollout> {
        if let Some(seed) = &rollout.seed {
            let current = self.base.selectors().filter_map(|(_, selector)| selector.rollout());
            let mut known = current.chain(self.earlier.iter().map(|experiment| &experiment.rollout));
            return known.find(|before| before.seed.as_ref() == Some(seed) && before.has_units_of(rollout));
        }
        let before = self.selector_at(place)?.rollout()?;
        let elsewhere = before.seed.as_ref().is_some_and(|seed| seeds.contains(seed));
        (before.has_units_of(rollout) && !elsewhere).then_some(before)
    }

    fn selector_at(&self, place: SelectorPath<'_>) -> Option<&Selector> {
        match place {
            SelectorPath::Rule(_, name) => {
                self.base.rules.iter().find(|rule| rule.name == name).map(|rule| &rule.select)
            }
            SelectorPath::Otherwise => self.base.otherwise.as_ref(),
        }
    }
}
