//! Load base: the revision that a change is based on.

use std::sync::Arc;

use super::conflict::conflict;
use super::request::ChangeRequest;
use crate::error::Result;
use crate::model::{Declaration, Entry, Hash, Revision, State};
use crate::runtime::FeatureRevision;
use crate::store::{Page, RevisionStamp};

/// The revision that a change is based on.
pub(super) struct Base {
    pub(super) after: RevisionStamp,
    /// The state in its stored form; `None` if there is no state, or it is damaged.
    pub(super) json: Option<serde_json::Value>,
    pub(super) state: State,
    /// `true` if this program cannot use the state.
    pub(super) is_quarantined: bool,
}

/// The source of the base.
pub(super) enum BaseSource {
    /// The revision in this app.
    Arrived(Option<Arc<FeatureRevision>>),
    /// The newest revision in the store, which has the version that the author expects.
    Stored(Option<Entry>),
}

/// Finds the base: the newest revision that had arrived when the change was created, or the version that the author expects.
///
/// # Errors
/// [`Conflict`](crate::ErrorKind::Conflict) if the newest version in the store is not the expected one.
pub(super) async fn load_base(request: &ChangeRequest) -> Result<BaseSource> {
    let arrived = request.seen.as_ref().map_or(0, |revision| revision.version);
    let Some(version) = request.expected_version.filter(|version| *version != arrived) else {
        return Ok(BaseSource::Arrived(request.seen.clone()));
    };
    let newest = request.feature.entries(Page { before: None, limit: 1 }).await?;
    match newest.first() {
        Some(newest) if newest.version == version => Ok(BaseSource::Stored(Some(newest.clone()))),
        None if version == 0 => Ok(BaseSource::Stored(None)),
        newest => Err(conflict(newest, 0, None).with_feature(request.feature.name())),
    }
}

impl Base {
    /// Decodes the base. Of the state of a flag that the code declares by now, it is the part that the feature can use. A damaged revision in this app counts as one without a state, so that it can be replaced.
    ///
    /// # Errors
    /// The revision in the store is damaged.
    pub(super) fn decode(source: &BaseSource, declaration: &Declaration) -> Result<Self> {
        let state_json = |revision: Revision| Some(revision.state_json().clone()).filter(|json| !json.is_null());
        let (after, json, is_quarantined) = match source {
            BaseSource::Arrived(Some(revision)) => {
                let after = RevisionStamp { version: revision.version, hash: revision.hash };
                let json = revision.to_entry().and_then(|entry| state_json(entry.decode().ok()?));
                (after, json, revision.quarantine.is_some())
            }
            BaseSource::Stored(Some(entry)) => (RevisionStamp::after(entry), state_json(entry.decode()?), false),
            BaseSource::Arrived(None) | BaseSource::Stored(None) => (RevisionStamp::default(), None, false),
        };
        let state = json.as_ref().map_or_else(State::default, State::from_json).adopted_by(declaration);
        Ok(Self { after, json, state, is_quarantined })
    }

    pub(super) fn version(&self) -> u64 {
        self.after.version
    }

    pub(super) fn hash(&self) -> Hash {
        self.after.hash
    }

    /// Returns the version of a change on this base.
    pub(super) fn next_version(&self) -> u64 {
        self.after.version.saturating_add(1)
    }
}
