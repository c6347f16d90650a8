//! Compile: the route of the new state, unless there is a problem.

use std::sync::Arc;

use serde_json::Value as Json;

use super::base::Base;
use super::plan::Planned;
use super::request::ChangeRequest;
use crate::compile::{Route, Stage};
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

/// Compiles what has new rules.
///
/// # Errors
/// Every problem, those of the check included.
pub(super) fn compile(request: &ChangeRequest, base: &Base, planned: Planned) -> Result<Compiled> {
    let Planned { json, state, has_new_rules, mut problems } = planned;
    let state = state.unwrap_or_default();
    let mut route = None;
    if has_new_rules {
        let (replica, declaration) = (&request.app().0.replica, request.feature.declaration());
        let compiled = replica.compile(declaration, &state, Stage::Stored, base.next_version());
        problems.extend(compiled.problems);
        route = compiled.route.map(Arc::new);
    }
    if !problems.is_empty() {
        return Err(Error::invalid(problems).with_feature(request.feature.name()));
    }
    Ok(Compiled { json, state, route })
}
