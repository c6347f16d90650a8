//! Look up: what only the store knows about a drafted state.

use std::collections::BTreeSet;

use super::base::Base;
use super::draft::Resulting;
use super::request::ChangeRequest;
use super::resumed_experiments::resumed_experiments;
use crate::error::Result;
use crate::model::{Experiment, State};

/// What the store knows about a drafted state.
#[derive(Default)]
pub(super) struct LookedUp {
    /// The names of attributes that other programs have.
    pub(super) other_attributes: Vec<String>,
    /// The experiments of the state that its base does not have, but a revision before.
    pub(super) resumed: Vec<Experiment>,
}

/// Asks the store, as far as the draft needs it: a pin and a removal need nothing.
///
/// # Errors
/// The history cannot be read.
pub(super) async fn look_up(request: &ChangeRequest, base: &Base, drafted: &Resulting) -> Result<LookedUp> {
    match drafted {
        Resulting::Removed | Resulting::Pinned(_) => Ok(LookedUp::default()),
        Resulting::Restored(_, state) => {
            let resumed = resumed_experiments(request, base, state).await?;
            Ok(LookedUp { other_attributes: Vec::new(), resumed })
        }
        Resulting::Edited(state) => {
            let other_attributes = other_attributes(request, state).await;
            let resumed = resumed_experiments(request, base, state).await?;
            Ok(LookedUp { other_attributes, resumed })
        }
    }
}

/// The names of attributes that other programs have: a condition on one is not a mistake.
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
