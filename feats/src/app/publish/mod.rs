//! Publishing: the way of a change from the revision that its author saw to the snapshot, one step after the other.
//!
//! | step | what it makes |
//! |---|---|
//! | load base | the revision that the change is written on |
//! | draft | the state that the author asks for |
//! | look up | what only the store knows about that state |
//! | check | every problem of the request and of the state |
//! | plan allocation | seeds, slots and ramps |
//! | authorize | the author may write this on that base |
//! | compile | the route, if there is no problem |
//! | impact | who is moved |
//! | write revision | the bytes that would be stored; a preview stops here |
//! | confirm | the author has agreed to what reassigns everyone or is unknown to running programs |
//! | append | the revision in the store, or a conflict with both sides |
//! | install | the route in the snapshot of this program |
//!
//! Each step consumes what the former one made, so that nothing is appended without having been confirmed. What takes
//! long happens neither on the caller's executor nor on the app's thread, and a pin never waits for it.

mod append;
mod authorize;
mod base;
mod capabilities;
mod check;
mod compile;
mod confirm;
mod conflict;
mod draft;
mod install;
mod look_up;
mod plan;
mod random_text;
mod request;
mod resumed_experiments;
mod revision;

use std::sync::Arc;

pub(super) use append::append_entry;
use append::{Outcome, append};
use authorize::authorize;
use base::{Base, load_base};
use check::check;
use compile::compile;
pub use confirm::IncompatibleInstance;
use confirm::{confirm, incompatible_instances};
use draft::draft;
pub(super) use install::install_restored;
use install::{install, install_theirs};
use look_up::look_up;
use plan::{plan, planner};
pub use request::PreparedWrite;
pub(super) use request::{ChangeKind, ChangeRequest, EditStep};
use revision::write_revision;
pub(super) use revision::{Prepared, Signature, write_entry};

use crate::error::Result;
use crate::impact::{Impact, RulePlace};
use crate::model::{Revision, State};

/// The effects that publishing a change would have, by [`Change::preview`](crate::Change::preview).
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

/// What a publish did.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    version: u64,
    impact: Impact,
}

/// Publishes a change: every step.
///
/// # Errors
/// As [`Change::publish`](crate::Change::publish).
pub(super) async fn publish(request: &Arc<ChangeRequest>) -> Result<Published> {
    let prepared = prepare(request).await?;
    let confirmed = confirm(request, prepared).await?;
    match append(request, confirmed).await? {
        Outcome::Appended(prepared) => {
            let version = prepared.version();
            let Prepared { impact, incoming, .. } = *prepared;
            install(&request.feature, request.seen.as_ref(), incoming).await;
            Ok(Published { version, impact })
        }
        Outcome::Conflict { current, error } => {
            install_theirs(&request.feature, current).await;
            Err(error)
        }
    }
}

/// Previews a change: every step up to the first that asks for a confirmation.
///
/// # Errors
/// As [`Change::preview`](crate::Change::preview).
pub(super) async fn preview(request: &Arc<ChangeRequest>) -> Result<Preview> {
    let prepared = prepare(request).await?;
    let incompatible_instances = incompatible_instances(request, prepared.state()).await?;
    let (version, impact) = (prepared.version(), prepared.impact.clone());
    Ok(Preview { version, state: prepared.into_state(), impact, incompatible_instances })
}

/// Prepares a change: every step that writes nothing and asks for no confirmation.
///
/// # Errors
/// As [`Change::preview`](crate::Change::preview).
pub(super) async fn prepare(request: &Arc<ChangeRequest>) -> Result<Prepared> {
    let source = load_base(request).await?;
    let earlier = earlier(request).await?;
    let drafted = request.compute(move |request| {
        let base = Base::decode(&source)?;
        let drafted = draft(request, &base, earlier.as_ref());
        Ok((base, drafted))
    });
    let (base, drafted) = drafted.await?;
    let looked_up = look_up(request, &base, &drafted.result).await?;
    let prepared = request.compute(move |request| {
        let planner = planner(request, &base, &looked_up.resumed);
        let checked = check(request, &base, drafted, &looked_up, &planner);
        let planned = plan(request, &base, checked, &planner);
        authorize(request, &base, &planned)?;
        let compiled = compile(request, &base, planned)?;
        let impact = planner.impact(&compiled.state);
        write_revision(request, &base, compiled, impact)
    });
    prepared.await
}

/// The revision that a change rolls back to.
async fn earlier(request: &ChangeRequest) -> Result<Option<Revision>> {
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
    /// The version that was published.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whom it moves.
    pub fn impact(&self) -> &Impact {
        &self.impact
    }
}
