//! Compile: the route of the new state, unless there is a problem.

use std::sync::Arc;

use serde_json::Value as Json;

use super::base::Base;
use super::plan::Planned;
use super::request::ChangeRequest;
use crate::compile::Route;
use crate::error::{Error, Result};
use crate::model::State;

/// A change that can be used.
pub(super) struct Compiled {
    /// The state as it would be stored; `None` for a tombstone.
    pub(super) json: Option<Json>,
    pub(super) state: State,
    /// The route of an edit or a rollback.
    pub(super) route: Option<Arc<Route>>,
}

/// Completes the route of the check by what was planned: conditions are compiled once, selectors again.
///
/// # Errors
/// Every problem, those of the check included.
pub(super) fn compile(request: &ChangeRequest, base: &Base, planned: Planned) -> Result<Compiled> {
    let Planned { json, state, mut problems, route: checked } = planned;
    let state = state.unwrap_or_default();
    let mut route = None;
    if let (Some(checked), true) = (checked, problems.is_empty()) {
        let (replica, declaration) = (&request.app().0.replica, request.feature.declaration());
        let compiled = replica.compile_planned(declaration, checked, &state, base.next_version());
        problems.extend(compiled.problems);
        route = compiled.route.map(Arc::new);
    }
    if !problems.is_empty() {
        return Err(Error::invalid(problems).with_feature(request.feature.name()));
    }
    Ok(Compiled { json, state, route })
}
