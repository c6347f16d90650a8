//! Append: the revision is appended to the history directly after its base, or not at all.

use super::confirm::ConfirmedChange;
use super::conflict::conflict;
use super::request::ChangeRequest;
use super::revision::PreparedChange;
use crate::app::running::App;
use crate::error::{Error, Result};
use crate::model::Entry;
use crate::store::{AppendOutcome, Page, RevisionStamp, Store};
use crate::tasks::Backoff;

/// The maximum number of attempts to write while the store does not answer.
const MAX_ATTEMPTS: u32 = 3;

/// The result of appending a confirmed change.
pub(super) enum AppendResult {
    Appended {
        prepared: Box<PreparedChange>,
        /// `true` if the change is in effect already.
        in_effect: bool,
    },
    /// Another revision follows the base. Nothing was written.
    Conflict {
        /// The newest revision of the feature; `None` if the store has none.
        current: Option<Entry>,
        /// The error with both sides.
        error: Error,
    },
}

/// Appends a confirmed change.
///
/// # Errors
/// The errors of [`append_entry`].
pub(super) async fn append(request: &ChangeRequest, confirmed: ConfirmedChange) -> Result<AppendResult> {
    let prepared = confirmed.into_prepared();
    #[cfg(feature = "thrift")]
    if prepared.is_flag()
        && let Some(source) = request.app().source_of_flag(request.feature.name())
    {
        request.app().write_to_source(source, prepared.to_source(request)).await?;
        return Ok(AppendResult::Appended { prepared: Box::new(prepared), in_effect: true });
    }
    match append_entry(request.app(), prepared.after, prepared.incoming.entry()).await? {
        AppendOutcome::Done => Ok(AppendResult::Appended { prepared: Box::new(prepared), in_effect: false }),
        AppendOutcome::Conflict(current) => {
            let error = conflict(current.as_ref(), prepared.after.version, prepared.json.as_ref());
            Ok(AppendResult::Conflict { current, error: error.with_feature(request.feature.name()) })
        }
    }
}

/// Appends a revision after another one. The id of the revision distinguishes it from those of other authors even if a reply
/// was lost, so a conflict is never with the revision itself.
///
/// # Errors
/// The store rejects the revision, or does not answer even after several attempts.
pub(in crate::app) async fn append_entry(app: &App, after: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
    app.0.replica.begin_write(entry);
    let (store, written) = (app.0.stores.revisions.store.clone(), entry.clone());
    let appended = app.call(async move { append_or_retry(&*store, after, &written).await }).await;
    match appended.map_err(|error| error.with_feature(&entry.feature))? {
        AppendOutcome::Conflict(Some(current)) if current.id == entry.id => Ok(AppendOutcome::Done),
        appended => Ok(appended),
    }
}

/// Appends, and retries while the store does not answer. A write that succeeded is recognized by its id, even if another
/// author has already published after it.
async fn append_or_retry(store: &dyn Store, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
    let (mut attempts, backoff) = (0, Backoff::brief());
    loop {
        attempts += 1;
        match store.append(expected, entry).await {
            Err(error) if error.is_unavailable() && attempts < MAX_ATTEMPTS => backoff.wait().await,
            Ok(AppendOutcome::Conflict(Some(current))) if attempts > 1 && current.version > entry.version => {
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
