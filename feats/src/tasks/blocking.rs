//! Blocking work, such as reading files and compiling states.

use crate::error::{Error, ErrorKind, Result};

/// Runs blocking work on a thread for such work.
pub(crate) async fn run_blocking<T: Send + 'static>(run: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let failed = |error| Error::new(ErrorKind::Unavailable, "a background task was aborted").with_source(error);
    tokio::task::spawn_blocking(run).await.map_err(failed)?
}
