//! Sources of flags beside the store: they keep the newest state of each flag, and no versions.

use std::time::Duration;

use crate::error::Result;
use crate::model::{State, Timestamp};
use crate::store::async_trait;

/// A source of flags beside the store. Every call has a time limit of its own.
#[async_trait]
pub(crate) trait FlagSource: Send + Sync + 'static {
    /// Returns the name for messages, without secrets.
    fn name(&self) -> String;

    /// Returns the interval between two polls.
    fn poll_interval(&self) -> Duration;

    /// Reads all flags.
    ///
    /// # Errors
    /// The source cannot be read.
    async fn read(&self) -> Result<Vec<SourceFlag>>;

    /// Returns the state of a flag from its text.
    ///
    /// # Errors
    /// feats cannot express the flag.
    fn state(&self, text: &str, now: Timestamp) -> Result<State>;

    /// Writes a change. Returns the text of the flag afterwards; `None` if it was deleted.
    ///
    /// # Errors
    /// The source cannot keep the result, or cannot be reached.
    async fn write(&self, change: SourceChange) -> Result<Option<String>>;
}

/// A flag of a source.
pub(crate) struct SourceFlag {
    pub(crate) name: String,
    /// The flag as the source has it, or why it cannot be read.
    pub(crate) text: Result<String>,
}

/// A change of a flag of a source.
pub(crate) struct SourceChange {
    pub(crate) name: String,
    /// The state that the change is based on, which is not that of a flag if it creates one.
    pub(crate) before: State,
    /// The state after the change; `None` if the flag is removed.
    pub(crate) after: Option<State>,
    pub(crate) now: Timestamp,
}
