//! Experiments that come back: a state names the seed of one that the newest revision does not have.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::change::Change;
use super::handle::Target;
use crate::error::Result;
use crate::model::{Experiment, Selector, Settling, State};

/// The experiments of a new state that the state before does not have, each as the last revision up to `version` had it
/// that did: what was touched since they began is united there.
///
/// The history is read only if a seed asks for it.
pub(super) async fn returning_experiments<T: Target>(
    change: &Change<T>,
    version: u64,
    base: &State,
    state: &State,
) -> Result<Vec<Experiment>> {
    let mut sought = sought(base, state);
    let mut found = Vec::new();
    let mut before = version.checked_add(1);
    while !sought.is_empty() && before.is_some_and(|before| before > 1) {
        // A damaged revision has nothing to tell, and must not stand in the way of a rollback.
        let (states, oldest) = change.feature.states(before).await?;
        for (_, state) in &states {
            let known = state.selectors().filter_map(|(_, selector)| selector.experiment().cloned());
            found.extend(known.filter(|known| known.rollout.seed.as_ref().is_some_and(|seed| sought.remove(seed))));
        }
        before = oldest;
    }
    Ok(found)
}

/// Completes what a restored state touches, everything else verbatim.
pub(super) fn with_touched(mut json: Json, settling: &Settling<'_>) -> Json {
    let mut state = State::from_json(&json);
    let rules = state.rules.iter_mut().enumerate().map(|(at, rule)| (format!("/rules/{at}/select"), &mut rule.select));
    let otherwise = state.otherwise.iter_mut().map(|selector| ("/otherwise".to_owned(), selector));
    for (path, selector) in rules.chain(otherwise) {
        let Some(experiment) = selector.experiment_mut() else { continue };
        settling.touch(experiment);
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
