//! Write revision: the bytes that a change would store. A preview stops here.

use std::sync::Arc;

use serde_json::Value as Json;

use super::base::Base;
use super::compile::Compiled;
use super::random_text::random_text;
use super::request::ChangeRequest;
use crate::app::running::App;
use crate::compile::Route;
use crate::error::Result;
use crate::impact::Impact;
use crate::model::{Entry, FORMAT, Header, State};
use crate::store::RevisionStamp;
use crate::sync::Incoming;

/// A change that can be appended, once it is confirmed.
pub(in crate::app) struct Prepared {
    /// The revision that it follows.
    pub(super) after: RevisionStamp,
    /// The state as it would be stored; `None` for a tombstone.
    pub(in crate::app) json: Option<Json>,
    state: State,
    pub(in crate::app) impact: Impact,
    /// The route of an edit or a rollback.
    pub(in crate::app) route: Option<Arc<Route>>,
    /// The revision, as this program receives it.
    pub(super) incoming: Incoming,
}

/// Who writes a revision, and why.
pub(in crate::app) struct Signature<'a> {
    pub(in crate::app) author: &'a str,
    pub(in crate::app) comment: String,
}

/// Writes the revision of a change.
///
/// # Errors
/// [`TooLarge`](crate::ErrorKind::TooLarge).
pub(super) fn write_revision(
    request: &ChangeRequest,
    base: &Base,
    compiled: Compiled,
    impact: Impact,
) -> Result<Prepared> {
    let Compiled { json, state, route } = compiled;
    let (app, after) = (request.app(), base.after);
    let signature = Signature { author: request.author(), comment: request.comment.clone() };
    let entry = write_entry(app, request.feature.name(), after, signature, json.as_ref())?;
    let incoming = app.0.replica.incoming(entry, route.clone());
    Ok(Prepared { after, json, state, impact, route, incoming })
}

/// Writes a revision that follows another one; without a state, a tombstone.
///
/// # Errors
/// [`TooLarge`](crate::ErrorKind::TooLarge).
pub(in crate::app) fn write_entry(
    app: &App,
    feature: &str,
    after: RevisionStamp,
    Signature { author, comment }: Signature<'_>,
    state: Option<&Json>,
) -> Result<Entry> {
    let header = Header {
        format: FORMAT,
        feature: feature.to_owned(),
        version: after.version.saturating_add(1),
        id: random_text(20),
        previous: after.hash,
        author: author.to_owned(),
        comment,
        time: app.now(),
    };
    Entry::write(&header, state)
}

impl Prepared {
    /// The version that would be published.
    pub(in crate::app) fn version(&self) -> u64 {
        self.after.version.saturating_add(1)
    }

    /// The state that would be published; `None` for a tombstone.
    pub(in crate::app) fn state(&self) -> Option<&State> {
        self.json.as_ref().map(|_| &self.state)
    }

    pub(in crate::app) fn into_state(self) -> State {
        self.state
    }
}
