//! Confirm: the author has agreed to what reassigns every unit, and to what running programs do not know.

use std::fmt;
use std::iter;

use super::request::{ChangeKind, ChangeRequest};
use super::revision::Prepared;
use crate::error::{Error, ErrorKind, Result};
use crate::model::State;
use crate::store::{CapabilityHandle, StoreUse};
use crate::sync::{Instance, read_catalogs, read_instances};
use crate::text::quoted;

/// A running program that does not know a choice: it would quarantine the state that names it.
#[derive(Clone, Debug, PartialEq)]
pub struct IncompatibleInstance {
    /// The process.
    pub instance: Instance,
    /// The first choice of the state that it does not know.
    pub choice: String,
}

/// A prepared change that its author has confirmed: the only thing that can be appended.
pub(super) struct Confirmed(Prepared);

/// Checks that the author has confirmed what has to be confirmed.
///
/// # Errors
/// [`ErrorKind::NeedsConfirmation`] if not; the instances cannot be read.
pub(super) async fn confirm(request: &ChangeRequest, prepared: Prepared) -> Result<Confirmed> {
    let refused = |message| Err(Error::new(ErrorKind::NeedsConfirmation, message).with_feature(request.feature.name()));
    let impact = &prepared.impact;
    // A rollback and a kill switch say what they do.
    if impact.reshuffles() && !request.confirmation.reshuffle && matches!(request.kind, ChangeKind::Edit(_)) {
        return refused(format!("this deals everyone anew and needs a consent (allow_reshuffle):\n{impact}"));
    }
    if !request.confirmation.unknown
        && let Some(incompatible) = incompatible_instances(request, prepared.state()).await?.first()
    {
        return refused(format!("{incompatible}; publishing it needs a consent (allow_incompatible)"));
    }
    Ok(Confirmed(prepared))
}

/// The running programs that do not know a choice of the state that a change would publish; `None` for a tombstone.
///
/// # Errors
/// The instances cannot be read.
pub(super) async fn incompatible_instances(
    request: &ChangeRequest,
    state: Option<&State>,
) -> Result<Vec<IncompatibleInstance>> {
    let Some(state) = state else { return Ok(Vec::new()) };
    let app = request.app();
    let (stores, own) = (app.0.stores.clone(), app.0.programs.key().to_owned());
    let is_elsewhere = app.0.programs.are_elsewhere(&app.0.replica);
    if is_elsewhere && !stores.records.as_ref().is_some_and(CapabilityHandle::is_live) {
        // A pin must not wait for what other programs would have to say.
        tracing::warn!(
            feature = request.feature.name(),
            "the store of records is away: no other program is considered"
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

/// Every implementation that a state names.
fn choices(state: &State) -> impl Iterator<Item = &str> {
    let overridden = state.overrides.iter().map(|known| known.choice.as_str());
    let selected = state.selectors().flat_map(|(_, selector)| selector.choices());
    iter::empty().chain(state.pinned.as_deref()).chain(overridden).chain(selected)
}

impl Confirmed {
    pub(super) fn into_prepared(self) -> Prepared {
        self.0
    }
}

impl fmt::Display for IncompatibleInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Instance { program, version, pid, .. } = &self.instance;
        write!(f, "{program} {version} (process {pid}) runs and does not know {}", quoted(&self.choice))
    }
}
