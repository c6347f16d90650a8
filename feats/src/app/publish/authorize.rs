//! Authorize: the permission check of the change.

use super::base::Base;
use super::plan::PlannedChange;
use super::request::{ChangeRequest, PreparedWrite};
use crate::error::Result;

/// Runs the permission check of a change, if it has one.
///
/// # Errors
/// The error of the permission check.
pub(super) fn authorize(request: &ChangeRequest, base: &Base, planned: &PlannedChange) -> Result<()> {
    match &request.authorize {
        Some(authorize) => authorize(&PreparedWrite { base: &base.state, result: planned.state.as_ref() }),
        None => Ok(()),
    }
}
