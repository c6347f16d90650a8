//! Work that blocks: files, compiling.

use crate::error::{Error, ErrorKind, Result};

/// Runs what blocks on a thread for that.
pub(crate) async fn run_blocking<T: Send + 'static>(run: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let failed = |error| Error::new(ErrorKind::Unavailable, "a background task ended").with_source(error);
    tokio::task::spawn_blocking(run).await.map_err(failed)?
}
