//! Warming: what the first page of a console would have to wait for is read before somebody asks for it.

use std::sync::Arc;

use tokio::runtime::Handle;

use super::request_context::ConsoleState;

/// After so many features the runtime's thread looks after what else it has to do.
const AT_ONCE: usize = 16;

/// Begins, if the router is made on a runtime.
pub(super) fn begin(console: &Arc<ConsoleState>) {
    let Ok(runtime) = Handle::try_current() else { return };
    let warmed = Arc::clone(console);
    runtime.spawn(async move {
        let ConsoleState { app, settings, summaries, staled, .. } = &*warmed;
        for (at, declaration) in app.declarations().iter().enumerate() {
            if let Ok(feature) = app.feature_named(&declaration.name) {
                summaries.of(&feature);
            }
            if at % AT_ONCE == 0 {
                tokio::task::yield_now().await;
            }
        }
        staled.of(app, settings.stale_after).await;
        // It is remembered where it was read; while the store is away, nothing is.
        let _ = app.last_hour().await;
    });
}
