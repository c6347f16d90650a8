//! Append: the revision goes into the store after the one that it is written on, or not at all.

use super::confirm::Confirmed;
use super::conflict::conflict;
use super::request::ChangeRequest;
use super::revision::Prepared;
use crate::app::running::App;
use crate::error::{Error, Result};
use crate::model::Entry;
use crate::store::{AppendOutcome, Page, RevisionStamp, Store};
use crate::tasks::Backoff;

/// How often a write is tried while the store gives no answer.
const TRIES: u32 = 3;

/// What became of a confirmed change.
pub(super) enum Outcome {
    Appended(Box<Prepared>),
    /// Another revision follows the base, and nothing was written.
    Conflict {
        /// The newest revision of the feature; `None` if the store has none.
        current: Option<Entry>,
        /// Both sides.
        error: Error,
    },
}

/// Appends a confirmed change.
///
/// # Errors
/// As [`append_entry`].
pub(super) async fn append(request: &ChangeRequest, confirmed: Confirmed) -> Result<Outcome> {
    let prepared = confirmed.into_prepared();
    match append_entry(request.app(), prepared.after, prepared.incoming.entry()).await? {
        AppendOutcome::Done => Ok(Outcome::Appended(Box::new(prepared))),
        AppendOutcome::Conflict(current) => {
            let error = conflict(current.as_ref(), prepared.after.version, prepared.json.as_ref());
            Ok(Outcome::Conflict { current, error: error.with_feature(request.feature.name()) })
        }
    }
}

/// Appends a revision after another one. Its own id tells it from what others have appended, also where an answer was lost:
/// a conflict is always with another revision.
///
/// # Errors
/// The store refuses it, or gives no answer even after several tries.
pub(in crate::app) async fn append_entry(app: &App, after: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
    app.0.replica.begin_write(entry);
    let (store, written) = (app.0.stores.revisions.store.clone(), entry.clone());
    let appended = app.call(async move { append_or_retry(&*store, after, &written).await }).await;
    match appended.map_err(|error| error.with_feature(&entry.feature))? {
        AppendOutcome::Conflict(Some(current)) if current.id == entry.id => Ok(AppendOutcome::Done),
        appended => Ok(appended),
    }
}

/// Appends, and tries again while there is no answer: a write that succeeded is recognised by its id, also if somebody
/// has gone on from it already.
async fn append_or_retry(store: &dyn Store, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
    let (mut tries, backoff) = (0, Backoff::brief());
    loop {
        tries += 1;
        match store.append(expected, entry).await {
            Err(error) if error.is_unavailable() && tries < TRIES => backoff.wait().await,
            Ok(AppendOutcome::Conflict(Some(current))) if tries > 1 && current.version > entry.version => {
                let written = is_written(store, entry).await?;
                return Ok(if written { AppendOutcome::Done } else { AppendOutcome::Conflict(Some(current)) });
            }
            result => return result,
        }
    }
}

async fn is_written(store: &dyn Store, entry: &Entry) -> Result<bool> {
    let page = Page { before: entry.version.checked_add(1), limit: 1 };
    Ok(store.history(&entry.feature, page).await?.first().is_some_and(|found| found.id == entry.id))
}
