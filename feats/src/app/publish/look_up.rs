//! Look up: the data about a draft that is only in the store.

use std::collections::BTreeSet;

use super::base::Base;
use super::draft::ResultingState;
use super::request::ChangeRequest;
use super::resumed_experiments::resumed_experiments;
use crate::error::Result;
use crate::model::{Experiment, State};

/// The data about a draft from the store.
#[derive(Default)]
pub(super) struct Lookup {
    /// The names of attributes that other programs have.
    pub(super) other_attributes: Vec<String>,
    /// The experiments of the draft that its base does not have, but an earlier revision does.
    pub(super) resumed: Vec<Experiment>,
}

/// Reads the data that the draft needs from the store. A pin and a removal need none.
///
/// # Errors
/// The history cannot be read.
pub(super) async fn look_up(request: &ChangeRequest, base: &Base, result: &ResultingState) -> Result<Lookup> {
    match result {
        ResultingState::Removed | ResultingState::Pinned(_) => Ok(Lookup::default()),
        ResultingState::Restored(_, state) => {
            let resumed = resumed_experiments(request, base, state).await?;
            Ok(Lookup { other_attributes: Vec::new(), resumed })
        }
        ResultingState::Edited(state) => {
            let other_attributes = other_attributes(request, state).await;
            let resumed = resumed_experiments(request, base, state).await?;
            Ok(Lookup { other_attributes, resumed })
        }
    }
}

/// Returns the names of the attributes of other programs, which conditions may use.
async fn other_attributes(request: &ChangeRequest, state: &State) -> Vec<String> {
    let own = &request.app().0.replica.attributes;
    let mut named = state.rules.iter().flat_map(|rule| rule.when.attributes());
    if named.all(|name| own.get(name).is_some()) {
        return Vec::new();
    }
    let catalogs = request.app().catalogs().await.unwrap_or_default();
    let names = catalogs.into_values().flat_map(|catalog| catalog.attributes.into_keys());
    names.collect::<BTreeSet<_>>().into_iter().collect()
}
