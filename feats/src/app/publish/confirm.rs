//! Confirm: the author has confirmed that every unit is reassigned, and that running instances are incompatible.

use std::fmt;
use std::iter;

use super::hook::ObservedWrite;
use super::request::{ChangeKind, ChangeRequest};
use super::revision::PreparedChange;
use crate::error::{Error, ErrorKind, Result};
use crate::model::State;
use crate::store::{CapabilityHandle, StoreUse};
use crate::sync::{Instance, read_catalogs, read_instances};
use crate::text::quoted;

/// A running instance that does not know an implementation that a state names: it would quarantine the state.
#[derive(Clone, Debug, PartialEq)]
pub struct IncompatibleInstance {
    /// The running instance.
    pub instance: Instance,
    /// The first implementation in the state that the instance does not know.
    pub choice: String,
}

/// A prepared change that its author has confirmed. Only a confirmed change can be appended.
pub(super) struct ConfirmedChange(PreparedChange);

/// Checks that the author has given every confirmation that the change needs.
///
/// # Errors
/// [`ErrorKind::NeedsConfirmation`] if a confirmation is missing; the instances cannot be read.
pub(super) async fn confirm(request: &ChangeRequest, prepared: PreparedChange) -> Result<ConfirmedChange> {
    let refused = |message| Err(Error::new(ErrorKind::NeedsConfirmation, message).with_feature(request.feature.name()));
    let impact = &prepared.impact;
    // The effect of a rollback or a pin is obvious, so neither needs a confirmation.
    if impact.reshuffles() && !request.confirmation.allows_reshuffle && matches!(request.kind, ChangeKind::Edit(_)) {
        return refused(format!("this change reassigns every unit; confirm it with allow_reshuffle():\n{impact}"));
    }
    if !request.confirmation.allows_incompatible
        && let Some(incompatible) = incompatible_instances(request, prepared.state()).await?.first()
    {
        return refused(format!("{incompatible}; confirm the change with allow_incompatible()"));
    }
    Ok(ConfirmedChange(prepared))
}

/// Returns the running instances that do not know an implementation in the state that a change would publish. `state` is
/// `None` for a tombstone.
///
/// # Errors
/// The instances cannot be read.
pub(super) async fn incompatible_instances(
    request: &ChangeRequest,
    state: Option<&State>,
) -> Result<Vec<IncompatibleInstance>> {
    let Some(state) = state else { return Ok(Vec::new()) };
    let app = request.app();
    let (stores, own) = (app.0.stores.clone(), app.0.registration.key().to_owned());
    let is_elsewhere = app.0.registration.are_elsewhere(&app.0.replica);
    if is_elsewhere && !stores.records.as_ref().is_some_and(CapabilityHandle::is_live) {
        // A pin must not wait for a store that only has the catalogs of other programs.
        tracing::warn!(
            feature = request.feature.name(),
            "the store of the records is unreachable: the change is not checked against running instances"
        );
        return Ok(Vec::new());
    }
    let others = app.call_store(StoreUse::Records, async move {
        let records = stores.records.as_ref();
        let mut instances = read_instances(records).await?;
        instances.retain(|instance| instance.catalog != own);
        let catalogs = if instances.is_empty() { Default::default() } else { read_catalogs(records).await? };
        Ok((instances, catalogs))
    });
    let (instances, catalogs) = others.await?;
    let incompatible = instances.into_iter().filter_map(|instance| {
        let catalog = catalogs.get(&instance.catalog)?;
        let declared = catalog.features.iter().find(|feature| *feature.name == *request.feature.name())?;
        let is_known = |name: &&str| declared.position(name).is_some() || state.values.contains_key(*name);
        let choice = choices(state).find(|name| !is_known(name))?.to_owned();
        Some(IncompatibleInstance { instance, choice })
    });
    Ok(incompatible.collect())
}

/// Returns every implementation that a state names.
fn choices(state: &State) -> impl Iterator<Item = &str> {
    let overridden = state.overrides.iter().map(|known| known.choice.as_str());
    let selected = state.selectors().flat_map(|(_, selector)| selector.choices());
    iter::empty().chain(state.pinned.as_deref()).chain(overridden).chain(selected)
}

impl ConfirmedChange {
    /// Returns the write as a hook sees it.
    pub(super) fn observed<'a>(&'a self, request: &'a ChangeRequest) -> ObservedWrite<'a> {
        self.0.observed(request)
    }

    pub(super) fn into_prepared(self) -> PreparedChange {
        self.0
    }
}

impl fmt::Display for IncompatibleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Instance { program, version, pid, .. } = &self.instance;
        write!(f, "{program} {version} (process {pid}) is running and does not know {}", quoted(&self.choice))
    }
}
