//! The state that all requests of a console share.

use std::sync::Arc;

use feats::App;
use tokio::runtime::Handle;

use super::limit::{Drafts, Exports};
use super::recent::Recent;
use super::settings::Console;
use super::summaries::Summaries;
use super::usage_cache::{StalenessCache, UsageCache};

/// The number of features after which the prefetch task yields.
const PREFETCH_BATCH: usize = 16;

/// The state of a console: its app, its settings, and what it keeps in memory.
pub(super) struct ConsoleState {
    pub(super) app: App,
    pub(super) settings: Console,
    /// The recent subjects of the explain page.
    pub(super) recent: Recent,
    /// Summaries of features for lists.
    pub(super) summaries: Summaries,
    /// The stale features.
    pub(super) staleness: StalenessCache,
    /// The usage of features.
    pub(super) usage: UsageCache,
    /// The permits of drafts.
    pub(super) drafts: Drafts,
    /// The permits of audit exports.
    pub(super) exports: Exports,
}

impl ConsoleState {
    pub(super) fn new(app: App, settings: Console) -> Self {
        Self {
            app,
            settings,
            recent: Recent::default(),
            summaries: Summaries::default(),
            staleness: StalenessCache::default(),
            usage: UsageCache::default(),
            drafts: Drafts::default(),
            exports: Exports::default(),
        }
    }

    /// Fills the caches in a task, so that the first page need not wait. Does nothing outside of a runtime.
    pub(super) fn prefetch(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else { return };
        let state = Arc::clone(self);
        runtime.spawn(async move {
            let app = &state.app;
            for (index, declaration) in app.declarations().iter().enumerate() {
                if let Some(feature) = app.find_feature(&declaration.name) {
                    state.summaries.get(&feature);
                }
                if index % PREFETCH_BATCH == 0 {
                    tokio::task::yield_now().await;
                }
            }
            state.staleness.get(app, state.settings.stale_after).await;
            // This fills the app's own cache; an error only means that the store is unreachable.
            let _ = app.last_hour().await;
        });
    }
}
