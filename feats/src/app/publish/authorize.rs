//! Authorize: may the author write this on that base?

use super::base::Base;
use super::plan::Planned;
use super::request::{ChangeRequest, PreparedWrite};
use crate::error::Result;

/// Asks the permission of a change about what it would write.
///
/// # Errors
/// What the permission says.
pub(super) fn authorize(request: &ChangeRequest, base: &Base, planned: &Planned) -> Result<()> {
    match &request.authorize {
        Some(authorize) => authorize(&PreparedWrite { base: &base.state, result: planned.state.as_ref() }),
        None => Ok(()),
    }
}
