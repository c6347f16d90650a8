//! Publishing: the steps from the revision that the author of a change saw to the new snapshot.
//!
//! | step | result |
//! |---|---|
//! | load base | the revision that the change is based on |
//! | draft | the state that the author asks for |
//! | look up | the data about that state that is only in the store |
//! | check | all problems of the request and of the state |
//! | plan allocation | seeds, slots and ramps |
//! | authorize | the permission to write this state on that base |
//! | compile | the route, if there are no problems |
//! | impact | the units that would move |
//! | write revision | the bytes that would be stored; a preview stops here |
//! | confirm | the author's confirmation that every unit is reassigned, or that running instances are incompatible |
//! | hook | code of the program may refuse the write |
//! | append | the revision in the store, or a conflict with both sides |
//! | install | the route in the snapshot of this program |
//!
//! Each step consumes the result of the previous one, so that only a confirmed change can be appended. Expensive steps run
//! neither on the caller's executor nor on the app's background thread, and a pin never waits for them.

mod append;
mod authorize;
mod base;
mod capabilities;
mod check;
mod compile;
mod confirm;
mod conflict;
mod draft;
mod hook;
mod install;
mod look_up;
mod plan;
mod random_text;
mod request;
mod resumed_experiments;
mod revision;

use std::sync::Arc;

pub(super) use append::append_entry;
use append::{AppendResult, append};
use authorize::authorize;
use base::{Base, load_base};
use check::check;
use compile::compile;
pub use confirm::IncompatibleInstance;
use confirm::{confirm, incompatible_instances};
use draft::draft;
pub(crate) use hook::{ObservedWrite, WriteHook, WriteHookSlot};
pub(super) use install::install_restored;
use install::{install, install_theirs};
use look_up::look_up;
use plan::{plan, planner};
pub use request::PreparedWrite;
pub(super) use request::{Apply, ChangeKind, ChangeRequest, EditStep};
use revision::write_revision;
pub(super) use revision::{PreparedChange, Signature, write_entry};

use crate::error::Result;
use crate::impact::{Impact, RulePlace};
use crate::model::{Revision, State};

/// The effects that publishing a change would have. Returned by [`Change::preview`](crate::Change::preview).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Preview {
    /// The version that would be published.
    pub version: u64,
    /// The state that would be published, with its seeds and slots.
    pub state: State,
    /// The units that would move.
    pub impact: Impact,
    /// The running instances that would quarantine the state, because they do not know an implementation that it names.
    pub incompatible_instances: Vec<IncompatibleInstance>,
}

/// The result of publishing a change. Returned by [`Change::publish`](crate::Change::publish).
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    version: u64,
    impact: Impact,
}

/// Publishes a change: runs all steps.
///
/// # Errors
/// The errors of [`Change::publish`](crate::Change::publish).
pub(super) async fn publish(request: &Arc<ChangeRequest>) -> Result<Published> {
    let prepared = prepare(request).await?;
    let confirmed = confirm(request, prepared).await?;
    let hook = request.app().write_hook().get().cloned();
    if let Some(hook) = &hook {
        hook.before(&confirmed.observed(request)).map_err(|error| error.with_feature(request.feature.name()))?;
    }
    match append(request, confirmed).await? {
        AppendResult::Appended { prepared, in_effect } => {
            let observed = hook.map(|hook| hook.after(&prepared.observed(request)));
            let version = prepared.version();
            let PreparedChange { impact, incoming, .. } = *prepared;
            if !in_effect {
                install(&request.feature, request.seen.as_ref(), incoming).await;
            }
            if let Some(observed) = observed {
                observed.await;
            }
            Ok(Published { version, impact })
        }
        AppendResult::Conflict { current, error } => {
            install_theirs(&request.feature, current).await;
            Err(error)
        }
    }
}

/// Previews a change: runs the steps before the confirmation.
///
/// # Errors
/// The errors of [`Change::preview`](crate::Change::preview).
pub(super) async fn preview(request: &Arc<ChangeRequest>) -> Result<Preview> {
    let prepared = prepare(request).await?;
    let incompatible_instances = incompatible_instances(request, prepared.state()).await?;
    let (version, impact) = (prepared.version(), prepared.impact.clone());
    Ok(Preview { version, state: prepared.into_state(), impact, incompatible_instances })
}

/// Prepares a change: runs the steps before the confirmation, and returns the revision that would be appended.
///
/// # Errors
/// The errors of [`Change::preview`](crate::Change::preview).
pub(super) async fn prepare(request: &Arc<ChangeRequest>) -> Result<PreparedChange> {
    let source = load_base(request).await?;
    let rollback_target = rollback_target(request).await?;
    let drafted = request.compute(move |request| {
        let base = Base::decode(&source, request.feature.declaration())?;
        let draft = draft(request, &base, rollback_target.as_ref());
        Ok((base, draft))
    });
    let (base, draft) = drafted.await?;
    let lookup = look_up(request, &base, &draft.result).await?;
    let prepared = request.compute(move |request| {
        let planner = planner(request, &base, &lookup.resumed);
        let checked = check(request, &base, draft, &lookup, &planner);
        let planned = plan(request, &base, checked, &planner);
        authorize(request, &base, &planned)?;
        let compiled = compile(request, &base, planned)?;
        let impact = planner.impact(&compiled.state);
        write_revision(request, &base, compiled, impact)
    });
    prepared.await
}

/// Returns the revision that a change rolls back to; `None` for version 0 and for other changes.
async fn rollback_target(request: &ChangeRequest) -> Result<Option<Revision>> {
    match request.kind {
        ChangeKind::RollbackTo { version, .. } if version > 0 => request.feature.revision_at(version).await.map(Some),
        _ => Ok(None),
    }
}

impl Preview {
    /// Returns the share, in percent, of the units of a rule (or of [`RulePlace::Otherwise`]) that would move from one
    /// implementation to another; 0 if none would.
    pub fn moved(&self, place: impl Into<RulePlace>, from: impl AsRef<str>, to: impl AsRef<str>) -> f64 {
        self.impact.moved(place, from, to)
    }
}

impl Published {
    /// Returns the version that was published.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the units that the change moves.
    pub fn impact(&self) -> &Impact {
        &self.impact
    }
}
