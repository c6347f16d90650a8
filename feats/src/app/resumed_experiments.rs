//! Experiments that come back: a state names the seed of one that the newest revision does not have.

use serde_json::{Value as Json, json};
use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;

use feats_core::__private::AllocationPlanner;

use super::change::Change;
use super::handle::Target;
use crate::error::Result;
use crate::model::{Experiment, Hash, Selector, State, limits};

/// Seeds that the histories do not have: a draft names the same ones at each step, and each would be looked for to the
/// first revision.
///
/// The hash of a revision stands for all revisions before it, so that nothing known here becomes untrue.
#[derive(Default)]
pub(super) struct NewSeeds(Mutex<HashSet<(Hash, String)>>);

/// The most seeds that are known to be new, which takes a megabyte.
const MOST: usize = 4_096;

impl NewSeeds {
    fn contains(&self, newest: Hash, seed: &str) -> bool {
        self.0.lock().is_ok_and(|known| known.contains(&(newest, seed.to_owned())))
    }

    fn extend(&self, newest: Hash, seeds: BTreeSet<String>) {
        let Ok(mut known) = self.0.lock() else { return };
        if known.len().saturating_add(seeds.len()) > MOST {
            known.clear();
        }
        // A longer one is no seed, and whoever sends it is told so.
        let seeds = seeds.into_iter().filter(|seed| seed.len() <= limits::NAME).take(MOST);
        known.extend(seeds.map(|seed| (newest, seed)));
    }
}

/// The experiments of a new state that the state before does not have, each as the last revision up to `version` had it
/// that did: what was touched since they began is united there. The revision of this version has this hash.
///
/// The history is read only if a seed asks for it.
pub(super) async fn resumed_experiments<T: Target>(
    change: &Change<T>,
    (version, hash): (u64, Hash),
    base: &State,
    state: &State,
) -> Result<Vec<Experiment>> {
    let new_seeds = &change.feature.app().0.new_seeds;
    let mut sought = sought(base, state);
    sought.retain(|seed| !new_seeds.contains(hash, seed));
    let (mut found, mut read) = (Vec::new(), 0);
    let mut before = version.checked_add(1);
    while !sought.is_empty() && before.is_some_and(|before| before > 1) {
        // A damaged revision has nothing to tell, and must not stand in the way of a rollback.
        let (states, oldest) = change.feature.states(before).await?;
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

/// Completes what a restored state touches, everything else verbatim.
pub(super) fn with_touched(mut json: Json, planner: &AllocationPlanner<'_>) -> Json {
    let mut state = State::from_json(&json);
    let rules = state.rules.iter_mut().enumerate().map(|(at, rule)| (format!("/rules/{at}/select"), &mut rule.select));
    let otherwise = state.otherwise.iter_mut().map(|selector| ("/otherwise".to_owned(), selector));
    for (path, selector) in rules.chain(otherwise) {
        let Some(experiment) = selector.experiment_mut() else { continue };
        planner.touch(experiment);
        if let Some(Json::Object(fields)) = json.pointer_mut(&format!("{path}/experiment"))
            && !experiment.touched.is_empty()
        {
            fields.insert("touched".to_owned(), json!(experiment.touched));
        }
    }
    json
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
