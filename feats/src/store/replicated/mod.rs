//! A store whose revisions are also written to other stores.

mod assignments;
mod catch_up;
mod member;
mod reading;
mod status;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use self::status::ReplicaStatus;

use self::member::Member;
use self::reading::Failover;
use super::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, ServerReport, Store,
    WatchEvent,
};
use crate::error::Result;
use crate::model::Entry;

/// The time limit of a check for its replicas, short enough that the check itself does not time out.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// A store, the primary, whose revisions are also written to other stores, its replicas: for a backup that is always up to date, or
/// to move to another store.
///
/// - **Writes** go to the primary. What it refuses or fails to write goes to no replica. Then the revision is written to every replica,
///   byte for byte: before [`append`](Store::append) returns, or after it with [`background`](Self::background). A replica that
///   fails does not fail the append. It has 2 s for each call.
/// - **Catching up**: a replica that was away receives what it lacks from the histories of the primary, with the next append, and with
///   each [check](Store::check), which apps call about every 30 s. Revisions of a feature are written in their order.
/// - **Divergence**: a feature of which a replica has another history than the primary is never written there. It is reported, and
///   people decide.
/// - **Reads** are those of the primary. With [`failover_reads`](Self::failover_reads), the first replica that responds serves them while
///   the primary is unreachable.
/// - **Assignments** are written to every replica that supports them, after the primary has decided the winner. Those that a replica
///   missed are counted, and not written later; `feats copy` copies them. **Records** and **counters** are those of the primary alone.
///
/// The name, the identity and the epoch are those of the primary. [`replicas`](Self::replicas) returns the state of each replica, and
/// [`check`](Store::check) warns of those that are behind. Several programs can replicate to the same stores.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// use std::sync::Arc;
///
/// use feats::store::{Memory, Replicated, Store};
///
/// let backup: Arc<dyn Store> = Arc::new(Memory::new());
/// let store = Replicated::new(Memory::new(), [backup]);
/// assert!(store.check().await?.is_empty());
/// assert_eq!(store.replicas()[0].behind, 0);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Replicated {
    primary: Arc<dyn Store>,
    replicas: Arc<[Arc<Member>]>,
    in_background: bool,
    failover: Option<Arc<Failover>>,
}

impl Replicated {
    /// Creates a store that writes to `primary`, and then to each of `replicas` before an append returns.
    pub fn new(primary: impl Store, replicas: impl IntoIterator<Item = Arc<dyn Store>>) -> Self {
        let replicas = replicas.into_iter().map(|store| Arc::new(Member::new(store))).collect();
        Self { primary: Arc::new(primary), replicas, in_background: false, failover: None }
    }

    /// Writes to the replicas before an append returns: by default.
    #[must_use]
    pub fn sync(mut self) -> Self {
        self.in_background = false;
        self
    }

    /// Writes to the replicas after an append or an assignment has returned, so that they do not slow it. They lack the last revisions
    /// if the program ends before that, until another append or check. Assignments of up to 64 calls are written at a time; a replica
    /// misses those beyond that.
    #[must_use]
    pub fn background(mut self) -> Self {
        self.in_background = true;
        self
    }

    /// Reads from the first replica that responds while the primary is unreachable. Appends still need the primary.
    ///
    /// A replica may lack the last revisions, so an app can see an older version than before until the primary responds again, and
    /// retains the newer one meanwhile. When reads move to another store, a watch returns [`WatchEvent::Gap`] once.
    #[must_use]
    pub fn failover_reads(mut self) -> Self {
        self.failover = Some(Arc::default());
        self
    }

    /// Returns the state of each replica, in their order, as far as this handle and its clones know it.
    pub fn replicas(&self) -> Vec<ReplicaStatus> {
        self.replicas.iter().map(|member| member.status()).collect()
    }

    /// Compares every replica with the primary, and writes what it lacks. Returns the states of the replicas afterwards.
    ///
    /// # Errors
    /// The primary cannot be read.
    pub async fn catch_up(&self) -> Result<Vec<ReplicaStatus>> {
        let mut running = JoinSet::new();
        for member in self.replicas.iter() {
            let (member, primary) = (Arc::clone(member), Arc::clone(&self.primary));
            running.spawn(async move { member.catch_up(&*primary).await });
        }
        let mut outcome = Ok(());
        while let Some(caught_up) = running.join_next().await {
            // A panic of a store is reported by its next call.
            outcome = outcome.and(caught_up.unwrap_or(Ok(())));
        }
        outcome.map(|()| self.replicas())
    }

    /// Writes a revision of the primary to every replica.
    async fn replicate(&self, expected: RevisionStamp, entry: &Entry) {
        if self.in_background {
            self.wake_replicas();
            return;
        }
        let mut running = JoinSet::new();
        for member in self.replicas.iter() {
            let (member, primary, entry) = (Arc::clone(member), Arc::clone(&self.primary), entry.clone());
            running.spawn(async move { member.replicate(primary, expected, &entry).await });
        }
        while running.join_next().await.is_some() {}
    }

    fn wake_replicas(&self) {
        self.replicas.iter().for_each(|member| member.wake(&self.primary));
    }
}

#[async_trait]
impl Store for Replicated {
    fn name(&self) -> String {
        self.primary.name()
    }

    fn identity(&self) -> String {
        self.primary.identity()
    }

    fn data_id(&self) -> String {
        self.primary.data_id()
    }

    fn is_read_only(&self) -> bool {
        self.primary.is_read_only()
    }

    async fn load(&self) -> Result<LoadedStates> {
        match &self.failover {
            None => self.primary.load().await,
            Some(failover) => failover.load(&self.members()).await,
        }
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        // Noted first: if this call is cancelled, the primary may have the revision, and the replicas do not.
        let noted: Vec<bool> = self.replicas.iter().map(|member| member.note(&entry.feature)).collect();
        let appended = self.primary.append(expected, entry).await;
        match &appended {
            Ok(AppendOutcome::Done) => self.replicate(expected, entry).await,
            Ok(AppendOutcome::Conflict(_)) => {
                for (member, is_new) in self.replicas.iter().zip(noted) {
                    if is_new {
                        member.forget(&entry.feature);
                    }
                }
                self.wake_replicas();
            }
            // It is unknown whether the primary has it. The next append or check compares.
            Err(_) => {}
        }
        appended
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        match &self.failover {
            None => self.primary.history(feature, page).await,
            Some(failover) => failover.history(&self.members(), feature, page).await,
        }
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        match &self.failover {
            None => self.primary.watch(after, wait).await,
            Some(failover) => failover.watch(&self.members(), after, wait).await,
        }
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        match &self.failover {
            None => self.primary.versions().await,
            Some(failover) => failover.versions(&self.members()).await,
        }
    }

    async fn epoch(&self) -> Result<String> {
        match &self.failover {
            None => self.primary.epoch().await,
            Some(failover) => failover.epoch(&self.members()).await,
        }
    }

    /// Returns the warnings of the primary, and one for each replica that is behind, has another history or has failed. Replicas
    /// that are behind catch up first, for up to 2 s.
    async fn check(&self) -> Result<Vec<String>> {
        let mut warnings = match (self.primary.check().await, &self.failover) {
            (Err(error), Some(failover)) if error.is_unavailable() => {
                failover.epoch(&self.members()).await?;
                let primary = self.primary.name();
                vec![format!("{primary} is unreachable, so states are read from a replica; nothing can be published")]
            }
            (checked, _) => {
                let warnings = checked?;
                // What it does not reach now it reaches with the next append or check.
                let _ = timeout(CHECK_TIMEOUT, self.catch_up()).await;
                warnings
            }
        };
        warnings.extend(self.replicas().iter().filter_map(ReplicaStatus::warning));
        Ok(warnings)
    }

    async fn server(&self) -> Result<ServerReport> {
        self.primary.server().await
    }

    fn records(&self) -> Option<&dyn Records> {
        self.primary.records()
    }

    fn counters(&self) -> Option<&dyn Counters> {
        self.primary.counters()
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        self.primary.assignments().is_some().then_some(self)
    }
}

impl Replicated {
    /// Returns the primary and the replicas, in the order in which reads try them.
    fn members(&self) -> Vec<&dyn Store> {
        std::iter::once(&*self.primary).chain(self.replicas.iter().map(|member| member.store())).collect()
    }
}

impl fmt::Debug for Replicated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replicated")
            .field("primary", &self.primary.name())
            .field("replicas", &self.replicas())
            .field("in_background", &self.in_background)
            .finish_non_exhaustive()
    }
}
