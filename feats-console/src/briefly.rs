//! What only decorates a page: the page waits a moment for it, and not at all while the store is known to be away. It is for
//! the page to come, as the switch that an operator needs may stand on it.

use std::future::Future;
use std::time::Duration;

use feats::{App, Connection};

/// How long a page waits.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// Whether reading the store has a chance.
pub(super) fn may_answer(app: &App) -> bool {
    matches!(app.status().connection, Connection::Starting | Connection::Live)
}

/// What the store says at once.
pub(super) async fn briefly<T, E>(app: &App, read: impl Future<Output = Result<T, E>>) -> Option<T> {
    match may_answer(app) {
        true => tokio::time::timeout(PATIENCE, read).await.ok()?.ok(),
        false => None,
    }
}
