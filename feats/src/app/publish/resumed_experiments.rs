//! Resumed experiments: a state names the seed of an experiment that its base does not have, but an earlier revision does.

use std::collections::BTreeSet;

use super::base::Base;
use super::request::ChangeRequest;
use crate::error::Result;
use crate::model::{Experiment, Selector, State};

/// Returns the experiments of a new state that its base does not have, each from the newest revision that has it. That
/// revision has all ranges that were reassigned since the experiment began.
///
/// The history is read only if the state has a seed that the base does not have.
pub(super) async fn resumed_experiments(
    request: &ChangeRequest,
    base: &Base,
    state: &State,
) -> Result<Vec<Experiment>> {
    let (new_seeds, version, hash) = (&request.app().0.new_seeds, base.version(), base.hash());
    let mut missing = missing_seeds(&base.state, state);
    missing.retain(|seed| !new_seeds.contains(hash, seed));
    let (mut found, mut states_read) = (Vec::new(), 0);
    let mut before = version.checked_add(1);
    while !missing.is_empty() && before.is_some_and(|before| before > 1) {
        // A damaged revision is skipped: it must not prevent a rollback.
        let (states, oldest) = request.feature.states(before).await?;
        for (_, state) in &states {
            let experiments = state.selectors().filter_map(|(_, selector)| selector.experiment().cloned());
            found.extend(
                experiments
                    .filter(|experiment| experiment.rollout.seed.as_ref().is_some_and(|seed| missing.remove(seed))),
            );
        }
        states_read += states.len();
        before = oldest;
    }
    // With damaged or lost revisions, the search is incomplete: they may be restored later.
    if u64::try_from(states_read) == Ok(version) {
        new_seeds.extend(hash, missing);
    }
    Ok(found)
}

/// Returns the seeds that an experiment of the new state has, or inherits from the rollout that it replaces, without those of
/// experiments in the base.
fn missing_seeds(base: &State, state: &State) -> BTreeSet<String> {
    let seed = |selector: &Selector| selector.rollout().and_then(|rollout| rollout.seed.clone());
    let experiments = || state.selectors().filter(|(_, selector)| selector.experiment().is_some());
    let mut seeds: BTreeSet<String> = experiments().filter_map(|(_, selector)| seed(selector)).collect();
    if experiments().any(|(_, selector)| seed(selector).is_none()) {
        seeds.extend(base.selectors().filter_map(|(_, selector)| seed(selector)));
    }
    let in_base: BTreeSet<String> =
        base.selectors().filter_map(|(_, selector)| selector.experiment()?.rollout.seed.clone()).collect();
    seeds.difference(&in_base).cloned().collect()
}
