//! Compile: the route of the new state, if there are no problems.

use std::sync::Arc;

use serde_json::Value as Json;

use super::base::Base;
use super::plan::PlannedChange;
use super::request::ChangeRequest;
use crate::compile::Route;
use crate::error::{Error, Result};
use crate::model::State;

/// A change without problems.
pub(super) struct CompiledChange {
    /// The state in its stored form; `None` for a tombstone.
    pub(super) json: Option<Json>,
    pub(super) state: State,
    /// The route of an edit or a rollback.
    pub(super) route: Option<Arc<Route>>,
}

/// Completes the route of the check with the planned allocation. Conditions are reused; selectors are compiled again.
///
/// # Errors
/// [`Invalid`](crate::ErrorKind::Invalid) with all problems, including those of the check.
pub(super) fn compile(request: &ChangeRequest, base: &Base, planned: PlannedChange) -> Result<CompiledChange> {
    let PlannedChange { json, state, mut problems, route: checked } = planned;
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
    Ok(CompiledChange { json, state, route })
}
