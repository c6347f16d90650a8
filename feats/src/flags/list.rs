//! Lists of flags.

use std::sync::Arc;

use super::client::Client;
use super::flag::Flag;
use super::reference::FlagRef;
use crate::runtime::FlagStatus;

/// A list of flags by name, sorted by the bytes of the names: those that are not archived, or those that are.
///
/// ```standalone_crate
/// # use feats::App;
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// # let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
/// # let flags = app.flags();
/// for name in ["b", "a", "c"] {
///     flags.create(name).await?;
/// }
/// flags.get("c").archive().await?;
/// assert_eq!(flags.list().limit(10).offset(1).names(), ["b"]);
/// assert_eq!(flags.list().archived().names(), ["c"]);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a list does nothing until its names or flags are taken"]
pub struct FlagList {
    client: Client,
    limit: usize,
    offset: usize,
    status: FlagStatus,
}

impl FlagList {
    pub(super) fn new(client: Client) -> Self {
        Self { client, limit: usize::MAX, offset: 0, status: FlagStatus::Active }
    }

    /// Limits the number of flags; all by default.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Leaves out the first flags.
    pub fn offset(mut self, offset: usize) -> Self {
        self.offset = offset;
        self
    }

    /// Lists the flags that are archived instead.
    pub fn archived(mut self) -> Self {
        self.status = FlagStatus::Archived;
        self
    }

    /// Returns the names.
    pub fn names(self) -> Vec<String> {
        self.selected().iter().map(|name| name.to_string()).collect()
    }

    /// Returns the flags.
    pub fn flags(self) -> Vec<Flag> {
        self.selected().into_iter().map(|name| Flag::new(FlagRef { client: self.client.clone(), name })).collect()
    }

    fn selected(&self) -> Vec<Arc<str>> {
        let snapshot = self.client.app.snapshot_cell().load_full();
        let status = |index: u32| snapshot.revision(index as usize).map(|revision| revision.flag);
        let flags = snapshot.positions().iter().filter(|(_, position)| status(position.index) == Some(self.status));
        let mut names: Vec<Arc<str>> = flags.map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        names.into_iter().skip(self.offset).take(self.limit).collect()
    }
}
