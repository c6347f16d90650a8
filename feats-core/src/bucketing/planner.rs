//! The allocation planner: completes the seeds and slots of a new state, which it takes over from the state before.
//!
//! A writer says shares; who owns which slots follows from who owned them. See [`allocation`] for who moves.

use std::collections::BTreeSet;

use super::allocation;
use crate::error::Problem;

use crate::model::{
    Experiment, Ramp, RampFrom, Rollout, SLOTS, Selector, SelectorPath, SlotRange, State, Timestamp, duration_text,
};

/// Plans who owns which slots in a new state.
pub struct AllocationPlanner<'a> {
    /// The newest state, as stored.
    pub base: &'a State,
    /// The version that the new state gets.
    pub version: u64,
    /// The instant of publishing.
    pub now: Timestamp,
    /// The default implementation, which stands in for an absent `otherwise`.
    pub default: &'a str,
    /// Experiments that the newest state does not have, each as the last revision had it that did.
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
                self.rollout(place, rollout, &seeds, &mut seed);
            }
            if let Some(experiment) = selector.experiment_mut() {
                experiment.share = experiment.share.rounded();
                self.touch(experiment);
            }
        }
    }

    /// Unites what an experiment touches with what it did in the state before, also one that comes back.
    pub fn touch(&self, experiment: &mut Experiment) {
        if let Some(before) = self.same_experiment(experiment) {
            experiment.touch(before);
        }
    }

    /// Experiments by other units than the one whose seed they use: their units would be taken for its own.
    pub fn foreign_seeds(&self, state: &State) -> Vec<Problem> {
        let experiments = state.selectors().filter_map(|(place, selector)| Some((place, selector.experiment()?)));
        let foreign = experiments.filter_map(|(place, experiment)| {
            let known = &self.same_experiment(experiment)?.rollout;
            (!known.has_units_of(&experiment.rollout)).then(|| {
                let message = format!("this is the seed of an experiment by {}; leave it out for a new one", known.by);
                Problem::new(format!("{}.experiment.seed", place.path()), message)
            })
        });
        foreign.collect()
    }

    /// The experiment of the same seed, as it was last.
    fn same_experiment(&self, experiment: &Experiment) -> Option<&Experiment> {
        let seed = experiment.rollout.seed.as_ref()?;
        let standing = self.base.selectors().filter_map(|(_, selector)| selector.experiment());
        standing.chain(self.earlier).find(|before| before.rollout.seed.as_ref() == Some(seed))
    }

    fn rollout(
        &self,
        place: SelectorPath<'_>,
        rollout: &mut Rollout,
        seeds: &BTreeSet<String>,
        seed: &mut impl FnMut() -> String,
    ) {
        let shares = allocation::weighted(&rollout.weights);
        if let Some(ramp) = rollout.ramp.as_mut().filter(|ramp| ramp.start.is_empty()) {
            ramp.start = self.now.to_string();
        }
        let before = self.same_rollout(place, rollout, seeds);
        let inherited = before.and_then(|before| before.seed.clone());
        rollout.seed.get_or_insert_with(|| inherited.unwrap_or_else(seed));
        if before.is_some_and(|before| before.ramp == rollout.ramp && allocation::weighted(&before.weights) == shares)
            && allocation::agrees(&rollout.slots, &shares)
        {
            return;
        }
        let standing = before.and_then(|before| self.allocation(before));
        let from = self.ramp_from(place, rollout, before, standing.as_deref());
        if !allocation::agrees(&rollout.slots, &shares) {
            rollout.slots = match from.as_deref().or(standing.as_deref()) {
                Some(allocation) => allocation::reallocate(allocation, &shares, self.version),
                None => allocation::initial(&shares, self.version),
            };
        }
        if let Some(ramp) = &mut rollout.ramp {
            self.keep_pace(ramp, before.and_then(|before| before.ramp.as_ref()));
            ramp.from = Some(RampFrom::Slots(from.or(standing).unwrap_or_else(|| rollout.slots.clone())));
        }
    }

    /// What a ramp starts from, unless it is where the rollout stands now: what the writer names, or the static choice
    /// that the rollout takes the place of.
    fn ramp_from(
        &self,
        place: SelectorPath<'_>,
        rollout: &Rollout,
        before: Option<&Rollout>,
        standing: Option<&[SlotRange]>,
    ) -> Option<Vec<SlotRange>> {
        let ramp = rollout.ramp.as_ref()?;
        match &ramp.from {
            Some(RampFrom::Weights(weights)) => Some(match standing {
                Some(standing) => allocation::reallocate(standing, &allocation::weighted(weights), self.version),
                None => allocation::initial(&allocation::weighted(weights), self.version),
            }),
            // The start of the ramp before, carried along by an edit of something else, is history.
            Some(RampFrom::Slots(runs)) => (before.and_then(Rollout::ramp_slots) != Some(runs)).then(|| runs.clone()),
            None if before.is_some() => None,
            None => match self.in_place(place)? {
                Selector::Static(name) => Some(vec![SlotRange::new(name.clone(), SLOTS, self.version)]),
                Selector::Rollout(_) | Selector::Experiment(_) => None,
            },
        }
    }

    /// A ramp that goes on to another target starts now and keeps its end.
    fn keep_pace(&self, ramp: &mut Ramp, before: Option<&Ramp>) {
        let same = before.is_some_and(|before| before.start == ramp.start && before.duration == ramp.duration);
        if let (true, Some((start, end))) = (same, ramp.span())
            && start < self.now
        {
            ramp.start = self.now.to_string();
            ramp.duration = duration_text(end.since(self.now));
        }
    }

    /// The allocation of a rollout at the instant of publishing; `None` if what stands is none, and so is quarantined
    /// everywhere.
    pub(crate) fn allocation(&self, rollout: &Rollout) -> Option<Vec<SlotRange>> {
        let runs = rollout.allocation_at(self.now);
        allocation::is_whole(&runs).then_some(runs)
    }

    /// The same rollout in the state before: the one with its seed; failing that, for a rollout without a seed, the one
    /// in the same place by the same units, unless the new state has that one, `seeds` says, in another place.
    fn same_rollout(&self, place: SelectorPath<'_>, rollout: &Rollout, seeds: &BTreeSet<String>) -> Option<&Rollout> {
        if let Some(seed) = &rollout.seed {
            let standing = self.base.selectors().filter_map(|(_, selector)| selector.rollout());
            let mut known = standing.chain(self.earlier.iter().map(|experiment| &experiment.rollout));
            return known.find(|before| before.seed.as_ref() == Some(seed) && before.has_units_of(rollout));
        }
        let before = self.in_place(place)?.rollout()?;
        let elsewhere = before.seed.as_ref().is_some_and(|seed| seeds.contains(seed));
        (before.has_units_of(rollout) && !elsewhere).then_some(before)
    }

    fn in_place(&self, place: SelectorPath<'_>) -> Option<&Selector> {
        match place {
            SelectorPath::Rule(_, name) => {
                self.base.rules.iter().find(|rule| rule.name == name).map(|rule| &rule.select)
            }
            SelectorPath::Otherwise => self.base.otherwise.as_ref(),
        }
    }
}
