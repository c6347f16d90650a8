//! Replacement of the choices that a state serves.

use super::flag::ENABLED;
use super::percent::Weights;
use super::rollout::{RampFrom, Rollout, SlotRange};
use super::selector::Selector;
use super::state::State;

impl State {
    /// Replaces a choice by another one wherever rules, overrides and `otherwise` serve it. The pin and [`values`](Self::values) stay
    /// as they are.
    ///
    /// ```
    /// let mut state: feats::State = r#"{"otherwise": {"rollout": {"by": "user", "weights": {"light": 90, "dark": 10}}}}"#.parse()?;
    /// state.rename_choice("dark", "night");
    /// assert_eq!(state.otherwise, r#"{"otherwise": {"rollout": {"by": "user", "weights": {"light": 90, "night": 10}}}}"#.parse::<feats::State>()?.otherwise);
    /// # Ok::<(), feats::Error>(())
    /// ```
    pub fn rename_choice(&mut self, from: &str, to: &str) {
        self.overrides.iter_mut().for_each(|known| rename(&mut known.choice, from, to));
        for selector in self.rules.iter_mut().map(|rule| &mut rule.select).chain(&mut self.otherwise) {
            match selector {
                Selector::Static(choice) => rename(choice, from, to),
                Selector::Rollout(rollout) => rename_in_rollout(rollout, from, to),
                Selector::Experiment(experiment) => rename_in_rollout(&mut experiment.rollout, from, to),
                Selector::Gate(gate) => {
                    gate.pass.iter_mut().chain([&mut gate.fail]).for_each(|choice| rename(choice, from, to));
                }
            }
        }
    }

    /// Serves the first variant of a flag wherever it served [`ENABLED`], also by its pin.
    ///
    /// If everyone was served `enabled`, a passed gate no longer chooses, as in a flag that is created with variants.
    pub fn replace_enabled(&mut self, variant: &str) {
        if self.otherwise == Some(Selector::Static(ENABLED.to_owned())) {
            for rule in &mut self.rules {
                if let Selector::Gate(gate) = &mut rule.select {
                    gate.pass = None;
                }
            }
        }
        self.pinned.iter_mut().for_each(|choice| rename(choice, ENABLED, variant));
        self.rename_choice(ENABLED, variant);
    }
}

fn rename_in_rollout(rollout: &mut Rollout, from: &str, to: &str) {
    rename_weight(&mut rollout.weights, from, to);
    rename_slots(&mut rollout.slots, from, to);
    match rollout.ramp.as_mut().and_then(|ramp| ramp.from.as_mut()) {
        Some(RampFrom::Weights(weights)) => rename_weight(weights, from, to),
        Some(RampFrom::Slots(slots)) => rename_slots(slots, from, to),
        None => {}
    }
}

fn rename_weight(weights: &mut Weights, from: &str, to: &str) {
    if let Some(weight) = weights.remove(from) {
        weights.insert(to.to_owned(), weight);
    }
}

fn rename_slots(slots: &mut [SlotRange], from: &str, to: &str) {
    slots.iter_mut().for_each(|range| rename(&mut range.implementation, from, to));
}

fn rename(choice: &mut String, from: &str, to: &str) {
    if choice == from {
        to.clone_into(choice);
    }
}
