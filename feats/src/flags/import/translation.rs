//! Translations: states that say what flags of another system say.

use super::report::{ImportDecision, ImportDecisionKind};
use crate::bucketing::buckets;
use crate::error::{Problem, Problems};
use crate::flags::edit;
use crate::flags::whole_buckets::enabled_slots;
use crate::model::{
    BucketFunction, DISABLED, ENABLED, Percent, RampFrom, Rollout, SLOTS, Selector, SlotRange, State, Timestamp,
    Weights,
};
use crate::text::check_name;

/// The state of an imported flag. The versions of its slots are not set yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Translation {
    pub(super) state: State,
    pub(super) decisions: Vec<ImportDecision>,
}

impl Translation {
    /// Creates the translation of a flag that is disabled and has no rules.
    pub(super) fn new(created_at: Timestamp, author: &str) -> Self {
        Self { state: edit::new_flag(created_at, author, &[]), decisions: Vec::new() }
    }

    pub(super) fn decide(&mut self, kind: ImportDecisionKind, message: impl Into<String>) {
        self.decisions.push(ImportDecision::new(kind, message));
    }

    /// Returns the share of the bucketer at an instant, in percent; `None` without a bucketer.
    pub(super) fn share(&self, now: Timestamp) -> Option<f64> {
        let rollout = self.state.otherwise.as_ref().and_then(Selector::rollout)?;
        Some(Percent::from_slots(enabled_slots(&rollout.allocation_at(now))).0)
    }
}

/// Sets the version of all slots of the bucketer of a state.
pub(super) fn stamp(state: &mut State, version: u64) {
    let Some(rollout) = state.otherwise.as_mut().and_then(Selector::rollout_mut) else { return };
    let from = rollout.ramp.as_mut().and_then(|ramp| ramp.from.as_mut());
    let from = from.and_then(|from| match from {
        RampFrom::Slots(slots) => Some(slots),
        RampFrom::Weights(_) => None,
    });
    for range in rollout.slots.iter_mut().chain(from.into_iter().flatten()) {
        range.since = version;
    }
}

/// Returns the slots of the buckets that a predicate admits.
pub(super) fn slots_of_buckets(function: BucketFunction, admits: impl Fn(u32) -> bool) -> Vec<SlotRange> {
    buckets::allocation(function.buckets(), 0, |bucket| if admits(bucket) { ENABLED } else { DISABLED })
}

/// Returns slots of which the first ones are enabled.
pub(super) fn first_slots(enabled: u32) -> Vec<SlotRange> {
    let ranges = [(ENABLED, enabled), (DISABLED, SLOTS.saturating_sub(enabled))];
    let ranges = ranges.into_iter().filter(|(_, length)| *length > 0);
    ranges.map(|(name, length)| SlotRange::new(name, length, 0)).collect()
}

/// Sets the slots of a rollout, and the weights that they have.
pub(super) fn set_slots(rollout: &mut Rollout, slots: Vec<SlotRange>) {
    let share = |name: &str| {
        let owned = slots.iter().filter(|range| range.implementation == name);
        (name.to_owned(), Percent::from_slots(owned.map(|range| range.length).sum()))
    };
    rollout.weights = [share(ENABLED), share(DISABLED)].into_iter().collect::<Weights>();
    rollout.slots = slots;
}

/// Reports a name that feats refuses.
pub(super) fn check_name_at(path: &str, name: &str, problems: &mut Problems) {
    if let Err(message) = check_name(name) {
        problems.push(|| Problem::new(path, message));
    }
}

/// Returns the instant that is a number of seconds after 1970. Reports one that feats cannot store.
pub(super) fn timestamp(path: &str, seconds: f64, problems: &mut Problems) -> Timestamp {
    #[allow(clippy::cast_possible_truncation, reason = "a float beyond the range becomes the end of the range")]
    let millis = (seconds * 1_000.0).round() as i64;
    let timestamp = Timestamp::from_millis(millis);
    if seconds.is_nan() || timestamp.as_millis() != millis {
        problems.push(|| Problem::new(path, "this is not a time between the years 0 and 9999, in seconds since 1970"));
    }
    timestamp
}
