//! Load base: the revision that a change is written on.

use std::sync::Arc;

use super::conflict::conflict;
use super::request::ChangeRequest;
use crate::error::Result;
use crate::model::{Entry, Hash, Revision, State};
use crate::runtime::FeatureRevision;
use crate::store::{Page, RevisionStamp};

/// The revision that a change is written on, as far as it can be read.
pub(super) struct Base {
    pub(super) after: RevisionStamp,
    /// The state as it is stored; `None` if there is none, or none that can be read.
    pub(super) json: Option<serde_json::Value>,
    pub(super) state: State,
    /// Whether this program cannot use it.
    pub(super) is_quarantined: bool,
}

/// Where to read the base.
pub(super) enum BaseSource {
    /// What this app has.
    Arrived(Option<Arc<FeatureRevision>>),
    /// What the store has, at the version that the author expects.
    Stored(Option<Entry>),
}

/// Finds the base: the newest revision that had arrived when the change was begun, unless the author expects another one.
///
/// # Errors
/// A conflict if the store's newest version is not the expected one.
pub(super) async fn load_base(request: &ChangeRequest) -> Result<BaseSource> {
    let arrived = request.seen.as_ref().map_or(0, |standing| standing.version);
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
    /// Reads the base. A damaged revision that arrived has no state that could be read, and can be replaced.
    ///
    /// # Errors
    /// The revision is damaged in the store.
    pub(super) fn decode(source: &BaseSource) -> Result<Self> {
        let state_json = |revision: Revision| Some(revision.state_json().clone()).filter(|json| !json.is_null());
        let (after, json, is_quarantined) = match source {
            BaseSource::Arrived(Some(standing)) => {
                let after = RevisionStamp { version: standing.version, hash: standing.hash };
                let json = standing.to_entry().and_then(|entry| state_json(entry.decode().ok()?));
                (after, json, standing.quarantine.is_some())
            }
            BaseSource::Stored(Some(entry)) => (RevisionStamp::after(entry), state_json(entry.decode()?), false),
            BaseSource::Arrived(None) | BaseSource::Stored(None) => (RevisionStamp::default(), None, false),
        };
        let state = json.as_ref().map_or_else(State::default, State::from_json);
        Ok(Self { after, json, state, is_quarantined })
    }

    pub(super) fn version(&self) -> u64 {
        self.after.version
    }

    pub(super) fn hash(&self) -> Hash {
        self.after.hash
    }

    /// The version that is written on this base.
    pub(super) fn next_version(&self) -> u64 {
        self.after.version.saturating_add(1)
    }
}
