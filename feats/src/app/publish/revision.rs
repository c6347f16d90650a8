//! Write revision: the bytes that a change would store. A preview stops after this step.

use std::sync::Arc;

use serde_json::Value as Json;

use super::base::Base;
use super::compile::CompiledChange;
use super::hook::ObservedWrite;
use super::random_text::random_text;
use super::request::ChangeRequest;
use crate::app::running::App;
use crate::compile::Route;
use crate::error::Result;
use crate::impact::Impact;
use crate::model::{Entry, FORMAT, Header, State};
use crate::store::RevisionStamp;
use crate::sync::Incoming;
#[cfg(feature = "thrift")]
use crate::sync::{Signed, SourceChange};

/// A change that can be appended once it is confirmed.
pub(in crate::app) struct PreparedChange {
    /// The revision that the new one follows.
    pub(super) after: RevisionStamp,
    /// The state in its stored form; `None` for a tombstone.
    pub(in crate::app) json: Option<Json>,
    state: State,
    /// The state of the base.
    before: State,
    pub(in crate::app) impact: Impact,
    /// The route of an edit or a rollback.
    pub(in crate::app) route: Option<Arc<Route>>,
    /// The revision, ready to be applied in this program.
    pub(super) incoming: Incoming,
}

/// The author and the comment of a revision.
pub(in crate::app) struct Signature<'a> {
    pub(in crate::app) author: &'a str,
    pub(in crate::app) comment: String,
}

/// Writes the revision of a change.
///
/// # Errors
/// [`TooLarge`](crate::ErrorKind::TooLarge) if the revision exceeds the size limit.
pub(super) fn write_revision(
    request: &ChangeRequest,
    base: &Base,
    compiled: CompiledChange,
    impact: Impact,
) -> Result<PreparedChange> {
    let CompiledChange { json, state, route } = compiled;
    let (app, after) = (request.app(), base.after);
    let signature = Signature { author: request.author(), comment: request.comment.clone() };
    let entry = write_entry(app, request.feature.name(), after, signature, json.as_ref())?;
    let incoming = app.0.replica.incoming(entry, route.clone());
    let before = base.state.clone();
    Ok(PreparedChange { after, json, state, before, impact, route, incoming })
}

/// Writes a revision that follows another one. Without a state, it is a tombstone.
///
/// # Errors
/// [`TooLarge`](crate::ErrorKind::TooLarge) if the revision exceeds the size limit.
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
    Entry::encode(&header, state)
}

impl PreparedChange {
    /// Returns the version that would be published.
    pub(in crate::app) fn version(&self) -> u64 {
        self.after.version.saturating_add(1)
    }

    /// Returns the state that would be published; `None` for a tombstone.
    pub(in crate::app) fn state(&self) -> Option<&State> {
        self.json.as_ref().map(|_| &self.state)
    }

    /// Returns the write as a hook sees it.
    pub(super) fn observed<'a>(&'a self, request: &'a ChangeRequest) -> ObservedWrite<'a> {
        ObservedWrite {
            feature: request.feature.name(),
            is_flag: request.feature.declaration().flag || self.before.flag.is_some(),
            tag: request.tag,
            author: request.author(),
            comment: &request.comment,
            version: self.version(),
            before: &self.before,
            after: self.state(),
        }
    }

    /// Returns `true` if the change is that of a flag.
    #[cfg(feature = "thrift")]
    pub(super) fn is_flag(&self) -> bool {
        self.before.flag.is_some() || self.state().is_some_and(|state| state.flag.is_some())
    }

    /// Returns the change for a source of flags.
    #[cfg(feature = "thrift")]
    pub(super) fn to_source(&self, request: &ChangeRequest) -> Signed {
        let (author, comment) = (request.author().to_owned(), request.comment.clone());
        let (name, now) = (request.feature.name().to_owned(), request.app().now());
        let change = SourceChange { name, before: self.before.clone(), after: self.state().cloned(), now };
        Signed { author, comment, change }
    }

    pub(in crate::app) fn into_state(self) -> State {
        self.state
    }
}
