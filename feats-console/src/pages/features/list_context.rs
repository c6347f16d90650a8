//! The data that all rows of the list share.

use std::sync::Arc;

use feats::Status;
use feats::model::{Quarantine, Timestamp};
use feats::usage::{LastHour, Series};

use crate::request_context::RequestContext;
use crate::usage_cache::Stale;

/// The status, staleness and usage of all features.
pub(super) struct ListContext {
    pub(super) status: Status,
    pub(super) stale: Arc<Stale>,
    /// The uses in the last hour, or `None` if the store is unreachable or keeps no counts.
    pub(super) hour: Option<LastHour>,
    pub(super) now: Timestamp,
}

impl ListContext {
    /// Loads the data. Does not wait for the store while it is unreachable.
    pub(super) async fn load(context: &RequestContext) -> Self {
        let app = context.app();
        let status = app.status();
        let hour = if status.is_live() { app.last_hour().await.ok() } else { None };
        let stale = context.console.staleness.get(app, context.settings().stale_after).await;
        Self { status, stale, hour, now: app.now() }
    }

    pub(super) fn quarantine(&self, feature: &str) -> Option<&Quarantine> {
        self.status.quarantined.iter().find(|quarantine| quarantine.feature == feature)
    }

    pub(super) fn uses(&self, feature: &str) -> Option<&Series> {
        self.hour.as_ref()?.feature(feature)
    }
}
