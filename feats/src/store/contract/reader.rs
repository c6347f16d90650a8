//! The suite for stores that can only be read: another handle writes.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::case::Violation;
use super::{Part, panic_with, refusals, violations};
use crate::error::Result;
use crate::model::Entry;
use crate::store::{
    AppendOutcome, Assignment, AssignmentOutcome, Assignments, CounterGroup, Counters, Cursor, LoadedStates, Page,
    Record, Records, RevisionStamp, Scan, ServerReport, Store, WatchEvent, wrapped,
};

/// Tests a store that can be read and refuses every write. `writer` and `reader` open handles on the same data, as `open` does in
/// [`run`](super::run): the same name gives the same data, another name other data, and each place is empty at first.
///
/// Two things are tested. Every write of the reader must fail, with any kind of error, and change nothing. And the reader must
/// pass all cases of the parts that both handles support, while the writer writes what these cases write.
///
/// ```no_run
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use feats::store::{ReadOnly, Sqlite, contract};
///
/// let directory = tempfile::tempdir().unwrap();
/// let (one, other) = (directory.path().to_owned(), directory.path().to_owned());
/// let writer = move |place: &str| Sqlite::open(one.join(place)).unwrap();
/// let reader = move |place: &str| ReadOnly::new(Sqlite::open(other.join(place)).unwrap());
/// contract::reader(writer, reader).await;
/// # }
/// ```
///
/// # Panics
/// Panics if the reader violates a guarantee. The message lists all violations.
pub async fn reader<W: Store, R: Store>(
    writer: impl Fn(&str) -> W + Send + Sync + 'static,
    reader: impl Fn(&str) -> R + Send + Sync + 'static,
) {
    let mut found: Vec<Violation> =
        refusals::check(&writer("refusals"), &reader("refusals")).await.err().into_iter().collect();
    let open = move |place: &str| Pair { writer: Arc::new(writer(place)), reader: Arc::new(reader(place)) };
    let pair = open("capabilities");
    let parts: Vec<Part> = Part::ALL.into_iter().filter(|part| part.is_supported_by(&pair)).collect();
    drop(pair);
    found.extend(violations(&parts, open).await);
    panic_with(&found);
}

/// A store that writes with one handle and reads with another.
struct Pair {
    writer: Arc<dyn Store>,
    reader: Arc<dyn Store>,
}

#[async_trait]
impl Store for Pair {
    fn name(&self) -> String {
        self.reader.name()
    }

    async fn load(&self) -> Result<LoadedStates> {
        self.reader.load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        self.writer.append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        self.reader.history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        self.reader.watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        self.reader.versions().await
    }

    async fn epoch(&self) -> Result<String> {
        self.reader.epoch().await
    }

    async fn check(&self) -> Result<Vec<String>> {
        self.reader.check().await
    }

    async fn server(&self) -> Result<ServerReport> {
        self.reader.server().await
    }

    fn records(&self) -> Option<&dyn Records> {
        self.reader.records().and(self.writer.records()).map(|_| self as &dyn Records)
    }

    fn counters(&self) -> Option<&dyn Counters> {
        self.reader.counters().and(self.writer.counters()).map(|_| self as &dyn Counters)
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        self.reader.assignments().and(self.writer.assignments()).map(|_| self as &dyn Assignments)
    }
}

#[async_trait]
impl Records for Pair {
    fn name(&self) -> String {
        self.reader.records().map(Records::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        wrapped::records(&*self.reader)?.epoch().await
    }

    async fn put(&self, kind: &str, key: &str, bytes: &[u8], ttl: Option<Duration>) -> Result<()> {
        wrapped::records(&*self.writer)?.put(kind, key, bytes, ttl).await
    }

    async fn list(&self, kind: &str) -> Result<Vec<Record>> {
        wrapped::records(&*self.reader)?.list(kind).await
    }
}

#[async_trait]
impl Counters for Pair {
    fn name(&self) -> String {
        self.reader.counters().map(Counters::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        wrapped::counters(&*self.reader)?.epoch().await
    }

    async fn add(&self, kind: &str, key: &str, deltas: &[(String, i64)], ttl: Option<Duration>) -> Result<()> {
        wrapped::counters(&*self.writer)?.add(kind, key, deltas, ttl).await
    }

    async fn read(&self, kind: &str, key: &str) -> Result<Vec<(String, i64)>> {
        wrapped::counters(&*self.reader)?.read(kind, key).await
    }

    async fn read_many(
        &self,
        kind: &str,
        keys: &[String],
        names: Option<&[String]>,
    ) -> Result<Vec<Vec<(String, i64)>>> {
        wrapped::counters(&*self.reader)?.read_many(kind, keys, names).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<CounterGroup>> {
        wrapped::counters(&*self.reader)?.scan(after, limit).await
    }
}

#[async_trait]
impl Assignments for Pair {
    fn name(&self) -> String {
        self.reader.assignments().map(Assignments::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        wrapped::assignments(&*self.reader)?.epoch().await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        wrapped::assignments(&*self.writer)?.assign(experiment, unit, choice).await
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        wrapped::assignments(&*self.writer)?.assign_many(experiment, units).await
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        wrapped::assignments(&*self.reader)?.assigned(experiment, unit).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        wrapped::assignments(&*self.reader)?.scan(after, limit).await
    }
}
