//! A store that writes a line of JSON for every call.

mod call;
mod capabilities;
mod output;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use self::call::Call;
use self::output::Output;
use super::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, ServerReport, Store,
    WatchEvent,
};
use crate::error::Result;
use crate::model::Entry;

/// The maximum number of bytes of a state in a line.
const MAX_STATE_BYTES: usize = 16 * 1024;

/// A store that writes a line of JSON for every call, to find out which calls a program makes, how long they take and which fail.
///
/// ```json
/// {"time":"2026-05-01T09:30:00.000Z","call":"append","bytes":412,"feature":"Pay","version":3,"outcome":"done","us":230}
/// ```
///
/// A line has the time of the call, its name, names and sizes of its arguments, the outcome, sizes of the result, and the duration in
/// microseconds. The outcome is `ok`, `done`, `conflict`, `changes` or `gap`; the [kind](crate::ErrorKind) of the error, such as
/// `Unavailable`; or `cancelled`. Lines contain names of features, experiments and kinds, up to 200 characters of each. They contain
/// no units, no keys, no messages of errors, and no states unless [`with_states`](Self::with_states) asks for them.
///
/// A thread writes the lines, so the writer delays no call. If the writer fails, or 1 024 lines wait for it, lines are dropped, and
/// `{"dropped":N}` precedes the next line that is written. The first failure of the writer is logged as a warning. The thread ends
/// after the last clone is dropped and the waiting lines are written. Call [`flush`](Self::flush) before the program ends.
///
/// Everything else is that of the inner store.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> feats::Result<()> {
/// use feats::store::{Memory, Recording, Store};
///
/// let store = Recording::new(Memory::new(), std::io::stderr());
/// store.load().await?;
/// store.flush().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Recording {
    inner: Arc<dyn Store>,
    output: Arc<Output>,
    with_states: bool,
}

impl Recording {
    /// Creates a store that records the calls of `store`. Each line is passed to `writer` in one call of `write_all`. `flush` is called
    /// whenever no more lines wait.
    pub fn new(store: impl Store, writer: impl io::Write + Send + 'static) -> Self {
        Self { inner: Arc::new(store), output: Arc::new(Output::start(writer)), with_states: false }
    }

    /// Also records the revisions that are appended: up to 16 KiB of each. They contain the state, the author and the comment.
    #[must_use]
    pub fn with_states(mut self) -> Self {
        self.with_states = true;
        self
    }

    /// Waits until the lines of all completed calls are passed to the writer, and the writer is flushed.
    ///
    /// # Errors
    /// - [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) if the writer takes longer than 5 s.
    /// - [`ErrorKind::Stopped`](crate::ErrorKind::Stopped) if the thread has ended, because the writer panicked.
    pub async fn flush(&self) -> Result<()> {
        self.output.flush().await
    }

    fn call(&self, name: &'static str) -> Call<'_> {
        Call::start(&self.output, name)
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recording").field(&self.inner.name()).finish()
    }
}

/// Returns the number of entries, and of the bytes of their states.
fn sizes(entries: &[Entry]) -> [(&'static str, usize); 2] {
    [("entries", entries.len()), ("bytes", entries.iter().map(|entry| entry.bytes.len()).sum())]
}

#[async_trait]
impl Store for Recording {
    fn name(&self) -> String {
        self.inner.name()
    }

    fn identity(&self) -> String {
        self.inner.identity()
    }

    fn data_id(&self) -> String {
        self.inner.data_id()
    }

    fn is_read_only(&self) -> bool {
        self.inner.is_read_only()
    }

    async fn load(&self) -> Result<LoadedStates> {
        let call = self.call("load");
        call.end_with(self.inner.load().await, |loaded| ("ok", sizes(&loaded.entries)))
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        let call = self.call("append").with_name("feature", &entry.feature);
        let mut call = call.with("version", entry.version).with("bytes", entry.bytes.len());
        if self.with_states {
            let start = entry.bytes.get(..MAX_STATE_BYTES).unwrap_or(&entry.bytes);
            call = call.with("state", String::from_utf8_lossy(start));
        }
        call.end_with(self.inner.append(expected, entry).await, |appended| match appended {
            AppendOutcome::Done => ("done", []),
            AppendOutcome::Conflict(_) => ("conflict", []),
        })
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        let call = self.call("history").with_name("feature", feature);
        let call = call.with("before", page.before).with("limit", page.limit);
        call.end_with(self.inner.history(feature, page).await, |entries| ("ok", sizes(entries)))
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        let call = self.call("watch").with("wait_ms", u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        call.end_with(self.inner.watch(after, wait).await, |watched| match watched {
            WatchEvent::Changes { entries, .. } => ("changes", sizes(entries)),
            WatchEvent::Gap => ("gap", sizes(&[])),
        })
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        let call = self.call("versions");
        call.end_with(self.inner.versions().await, |versions| ("ok", [("entries", versions.len())]))
    }

    async fn epoch(&self) -> Result<String> {
        let call = self.call("epoch");
        call.end(self.inner.epoch().await)
    }

    async fn check(&self) -> Result<Vec<String>> {
        let call = self.call("check");
        call.end_with(self.inner.check().await, |warnings| ("ok", [("warnings", warnings.len())]))
    }

    async fn server(&self) -> Result<ServerReport> {
        let call = self.call("server");
        call.end(self.inner.server().await)
    }

    fn records(&self) -> Option<&dyn Records> {
        self.inner.records().is_some().then_some(self)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        self.inner.counters().is_some().then_some(self)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        self.inner.assignments().is_some().then_some(self)
    }
}
