//! Plan allocation: the seeds, slots and ramps of the new state, inherited from the base.

use fastrand::Rng;
use feats_core::__private::AllocationPlanner;
use serde_json::{Value as Json, json};

use super::base::Base;
use super::check::CheckedChange;
use super::draft::ResultingState;
use super::random_text::random_text_from;
use super::request::ChangeRequest;
use crate::compile::Route;
use crate::error::Problem;
use crate::model::{Experiment, State};

/// A change whose allocation is planned. If it has problems, the state of an edit is as its author wrote it.
pub(super) struct PlannedChange {
    /// The state in its stored form; `None` for a tombstone.
    pub(super) json: Option<Json>,
    pub(super) state: Option<State>,
    pub(super) problems: Vec<Problem>,
    /// The route of an edit or a rollback, before its allocation was planned.
    pub(super) route: Option<Route>,
}

/// Creates the planner for a change on its base.
pub(super) fn planner<'a>(
    request: &'a ChangeRequest,
    base: &'a Base,
    resumed: &'a [Experiment],
) -> AllocationPlanner<'a> {
    let (now, default) = (request.app().now(), request.feature.declaration().default_implementation());
    AllocationPlanner { base: &base.state, version: base.next_version(), now, default, earlier: resumed }
}

/// Plans the allocation.
pub(super) fn plan(
    request: &ChangeRequest,
    base: &Base,
    checked: CheckedChange,
    planner: &AllocationPlanner<'_>,
) -> PlannedChange {
    let CheckedChange { result, problems, route } = checked;
    let json = match result {
        ResultingState::Removed => None,
        ResultingState::Pinned(json) => Some(json),
        ResultingState::Restored(json, state) => Some(with_reassigned(json, state, planner)),
        ResultingState::Edited(mut state) => {
            if problems.is_empty() {
                planner.plan(&mut state, seeds(request, base));
            }
            Some(state.to_json())
        }
    };
    let state = json.as_ref().map(State::from_json);
    PlannedChange { json, state, problems, route }
}

/// Returns a generator of new seeds. A change gets the same seeds each time on the same base, so that publishing matches the
/// preview. It gets others on another base, since a clone of the change may have published the first ones.
fn seeds(request: &ChangeRequest, base: &Base) -> impl FnMut() -> String + use<> {
    let mut random = Rng::with_seed(request.entropy ^ base.version());
    move || random_text_from(&mut random, 16)
}

/// Updates the reassigned ranges of the experiments in a restored state; everything else stays verbatim.
fn with_reassigned(mut json: Json, mut state: State, planner: &AllocationPlanner<'_>) -> Json {
    let rules =
        state.rules.iter_mut().enumerate().map(|(index, rule)| (format!("/rules/{index}/select"), &mut rule.select));
    let otherwise = state.otherwise.iter_mut().map(|selector| ("/otherwise".to_owned(), selector));
    for (path, selector) in rules.chain(otherwise) {
        let Some(experiment) = selector.experiment_mut() else { continue };
        planner.extend_reassigned(experiment);
        if let Some(Json::Object(fields)) = json.pointer_mut(&format!("{path}/experiment"))
            && !experiment.reassigned.is_empty()
        {
            fields.insert("reassigned".to_owned(), json!(experiment.reassigned));
        }
    }
    json
}
