//! Resumed experiments: a state names the seed of one that the newest revision does not have.

use std::collections::BTreeSet;

use super::base::Base;
use super::request::ChangeRequest;
use crate::error::Result;
use crate::model::{Experiment, Selector, State};

/// The experiments of a new state that its base does not have, each as the last revision up to the base had it that did:
/// what was reassigned since they began is united there.
///
/// The history is read only if a seed asks for it.
pub(super) async fn resumed_experiments(
    request: &ChangeRequest,
    base: &Base,
    state: &State,
) -> Result<Vec<Experiment>> {
    let (new_seeds, version, hash) = (&request.app().0.new_seeds, base.version(), base.hash());
    let mut sought = sought(&base.state, state);
    sought.retain(|seed| !new_seeds.contains(hash, seed));
    let (mut found, mut read) = (Vec::new(), 0);
    let mut before = version.checked_add(1);
    while !sought.is_empty() && before.is_some_and(|before| before > 1) {
        // A damaged revision has nothing to tell, and must not stand in the way of a rollback.
        let (states, oldest) = request.feature.states(before).await?;
        for (_, state) in &states {
            let known = state.selectors().filter_map(|(_, selector)| selector.experiment().cloned());
            found.extend(known.filter(|known| known.rollout.seed.as_ref().is_some_and(|seed| sought.remove(seed))));
        }
        read += states.len();
        before = oldest;
    }
    // What is damaged or lost now may be put back.
    if u64::try_from(read) == Ok(version) {
        new_seeds.extend(hash, sought);
    }
    Ok(found)
}

/// The seeds that an experiment of the new state has, or inherits from a rollout that it takes the place of.
fn sought(base: &State, state: &State) -> BTreeSet<String> {
    let seed = |selector: &Selector| selector.rollout().and_then(|rollout| rollout.seed.clone());
    let experiments = || state.selectors().filter(|(_, selector)| selector.experiment().is_some());
    let mut sought: BTreeSet<String> = experiments().filter_map(|(_, selector)| seed(selector)).collect();
    if experiments().any(|(_, selector)| seed(selector).is_none()) {
        sought.extend(base.selectors().filter_map(|(_, selector)| seed(selector)));
    }
    let known: BTreeSet<String> =
        base.selectors().filter_map(|(_, selector)| selector.experiment()?.rollout.seed.clone()).collect();
    sought.difference(&known).cloned().collect()
}
