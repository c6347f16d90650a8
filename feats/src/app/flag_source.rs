//! The source of flags beside the store.

#[cfg(feature = "thrift")]
use std::sync::Arc;
#[cfg(feature = "thrift")]
use std::time::Duration;

use super::running::App;
use crate::error::Result;
#[cfg(feature = "thrift")]
use crate::error::{Error, ErrorKind};
#[cfg(feature = "thrift")]
use crate::sync::{Signed, SourcedFlags};

#[cfg(feature = "thrift")]
impl App {
    /// Returns the source that has the flag of this name, or would have it if it were created.
    pub(super) fn source_of_flag(&self, name: &str) -> Option<&Arc<SourcedFlags>> {
        self.0.flag_source.as_ref().filter(|source| source.owns(name))
    }

    /// Returns `true` if the flag of this name is in a source, or would be if it were created.
    pub(crate) fn flag_source_owns(&self, name: &str) -> bool {
        self.source_of_flag(name).is_some()
    }

    /// Checks that the store has the history of a feature.
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported) for a flag of a source.
    pub(super) fn check_history(&self, name: &str) -> Result<()> {
        let is_flag = || self.handle_of(name).is_some_and(|handle| handle.declaration().flag);
        match self.source_of_flag(name).filter(|_| is_flag()) {
            Some(source) => {
                let message = format!("this flag is kept by {}, which has no history of it", source.name());
                Err(Error::new(ErrorKind::Unsupported, message).with_feature(name))
            }
            None => Ok(()),
        }
    }

    /// Writes a change to a source, and waits until it is in effect.
    pub(super) async fn write_to_source(&self, source: &Arc<SourcedFlags>, change: Signed) -> Result<()> {
        let (writer, name) = (source.clone(), change.change.name.clone());
        let written = self.0.worker.call(async move { writer.write(change).await }).await;
        written.map_err(|error| error.with_feature(name).with_store(source.name()))
    }

    /// Reads the source now.
    pub(super) async fn refresh_flag_source(&self) -> Result<()> {
        let Some(source) = self.0.flag_source.clone() else { return Ok(()) };
        let name = source.name();
        let read = self.0.worker.call(async move { source.poll().await }).await;
        read.map_err(|error| error.with_store(name))
    }

    /// Waits at the start, for at most `timeout`, until the source was read.
    pub(super) async fn wait_for_flag_source(&self, timeout: Duration) {
        let Some(source) = self.0.flag_source.clone() else { return };
        let polled = self.0.worker.call_within(timeout, async move {
            source.wait_until_polled().await;
            Ok(())
        });
        // A failure is a warning of the status.
        let _ = polled.await;
    }
}

#[cfg(not(feature = "thrift"))]
impl App {
    /// Returns `false`: this program has no sources of flags.
    pub(crate) fn flag_source_owns(&self, _name: &str) -> bool {
        false
    }

    /// Does nothing: the store has every history.
    ///
    /// # Errors
    /// Never.
    pub(super) fn check_history(&self, _name: &str) -> Result<()> {
        Ok(())
    }
}
