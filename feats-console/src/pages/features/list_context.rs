//! What is known of all features at once.

use std::sync::Arc;

use feats::Status;
use feats::model::{Quarantine, Timestamp};
use feats::usage::{LastHour, Series};

use crate::request_context::RequestContext;
use crate::usage_cache::Stale;

/// What is known of all features now.
pub(super) struct ListContext {
    pub(super) status: Status,
    pub(super) stale: Arc<Stale>,
    /// The uses in the last hour; `None` while the store is away, or where it counts nothing.
    pub(super) hour: Option<LastHour>,
    pub(super) now: Timestamp,
}

impl ListContext {
    /// Looks. While the store is away a page does not wait for it.
    pub(super) async fn load(context: &RequestContext) -> Self {
        let app = context.app();
        let status = app.status();
        let hour = if status.is_live() { app.last_hour().await.ok() } else { None };
        let stale = context.console.staleness.get(app, context.settings().stale_after).await;
        Self { status, stale, hour, now: app.now() }
    }

    pub(super) fn quarantine(&self, feature: &str) -> Option<&Quarantine> {
        self.status.quarantined.iter().find(|known| known.feature == feature)
    }

    pub(super) fn uses(&self, feature: &str) -> Option<&Series> {
        self.hour.as_ref()?.feature(feature)
    }
}
