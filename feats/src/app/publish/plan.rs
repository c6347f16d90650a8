//! Plan allocation: the seeds, slots and ramps of the new state, taken over from the base.

use fastrand::Rng;
use feats_core::__private::AllocationPlanner;
use serde_json::{Value as Json, json};

use super::base::Base;
use super::check::Checked;
use super::draft::Resulting;
use super::random_text::text_of;
use super::request::ChangeRequest;
use crate::compile::Route;
use crate::error::Problem;
use crate::model::{Experiment, State};

/// A change whose allocation is planned. With problems, an edit is as its author wrote it.
pub(super) struct Planned {
    /// The state as it would be stored; `None` for a tombstone.
    pub(super) json: Option<Json>,
    pub(super) state: Option<State>,
    pub(super) problems: Vec<Problem>,
    /// The route of an edit or a rollback, before its allocation was planned.
    pub(super) route: Option<Route>,
}

/// What plans the allocation of a change on its base.
pub(super) fn planner<'a>(
    request: &'a ChangeRequest,
    base: &'a Base,
    resumed: &'a [Experiment],
) -> AllocationPlanner<'a> {
    let (now, default) = (request.app().now(), request.feature.declaration().default_implementation());
    AllocationPlanner { base: &base.state, version: base.next_version(), now, default, earlier: resumed }
}

/// Plans the allocation.
pub(super) fn plan(request: &ChangeRequest, base: &Base, checked: Checked, planner: &AllocationPlanner<'_>) -> Planned {
    let Checked { result, problems, route } = checked;
    let json = match result {
        Resulting::Removed => None,
        Resulting::Pinned(json) => Some(json),
        Resulting::Restored(json, state) => Some(with_reassigned(json, state, planner)),
        Resulting::Edited(mut state) => {
            if problems.is_empty() {
                planner.plan(&mut state, seeds(request, base));
            }
            Some(state.to_json())
        }
    };
    let state = json.as_ref().map(State::from_json);
    Planned { json, state, problems, route }
}

/// New seeds. A change makes the same ones each time on the same version, so that its preview is what is published; on
/// another version others, since a clone of it may have published the first ones.
fn seeds(request: &ChangeRequest, base: &Base) -> impl FnMut() -> String + use<> {
    let mut random = Rng::with_seed(request.entropy ^ base.version());
    move || text_of(&mut random, 16)
}

/// Completes what a restored state touches, everything else verbatim.
fn with_reassigned(mut json: Json, mut state: State, planner: &AllocationPlanner<'_>) -> Json {
    let rules = state.rules.iter_mut().enumerate().map(|(at, rule)| (format!("/rules/{at}/select"), &mut rule.select));
    let otherwise = state.otherwise.iter_mut().map(|selector| ("/otherwise".to_owned(), selector));
    for (path, selector) in rules.chain(otherwise) {
        let Some(experiment) = selector.experiment_mut() else { continue };
        planner.touch(experiment);
        if let Some(Json::Object(fields)) = json.pointer_mut(&format!("{path}/experiment"))
            && !experiment.reassigned.is_empty()
        {
            fields.insert("reassigned".to_owned(), json!(experiment.reassigned));
        }
    }
    json
}
