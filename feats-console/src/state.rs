//! What every page of a console has in common.

use std::sync::Arc;

use feats::App;
use tokio::runtime::Handle;

use super::limit::{Drafts, Exports};
use super::recent::Recent;
use super::settings::Console;
use super::summaries::Summaries;
use super::usage_cache::{StalenessCache, UsageCache};

/// After how many features other tasks of the runtime have a turn.
const PREFETCH_BATCH: usize = 16;

/// The state of a console: its app, its settings, and what it keeps in memory.
pub(super) struct ConsoleState {
    pub(super) app: App,
    pub(super) settings: Console,
    /// Who was explained lately.
    pub(super) recent: Recent,
    /// What lists tell of features.
    pub(super) summaries: Summaries,
    /// Which features are stale.
    pub(super) staleness: StalenessCache,
    /// How often features are used.
    pub(super) usage: UsageCache,
    /// Which drafts are worked on now.
    pub(super) drafts: Drafts,
    /// Which files of the audit are written now.
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

    /// Reads what the first page would have to wait for, in a task; not where the router is made outside of a runtime.
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
            // The app keeps it; while the store is away, nothing is read.
            let _ = app.last_hour().await;
        });
    }
}
