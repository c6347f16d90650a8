//! Shared handles: an `Arc` of a store is a store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{
    AppendOutcome, Assignments, Counters, Cursor, LoadedStates, Page, Records, RevisionStamp, ServerReport, Store,
    WatchEvent,
};
use crate::error::Result;
use crate::model::Entry;

#[async_trait]
impl<S: Store + ?Sized> Store for Arc<S> {
    fn name(&self) -> String {
        (**self).name()
    }

    fn identity(&self) -> String {
        (**self).identity()
    }

    fn data_id(&self) -> String {
        (**self).data_id()
    }

    fn is_read_only(&self) -> bool {
        (**self).is_read_only()
    }

    async fn load(&self) -> Result<LoadedStates> {
        (**self).load().await
    }

    async fn append(&self, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
        (**self).append(expected, entry).await
    }

    async fn history(&self, feature: &str, page: Page) -> Result<Vec<Entry>> {
        (**self).history(feature, page).await
    }

    async fn watch(&self, after: &Cursor, wait: Duration) -> Result<WatchEvent> {
        (**self).watch(after, wait).await
    }

    async fn versions(&self) -> Result<Vec<(String, u64)>> {
        (**self).versions().await
    }

    async fn epoch(&self) -> Result<String> {
        (**self).epoch().await
    }

    async fn check(&self) -> Result<Vec<String>> {
        (**self).check().await
    }

    async fn server(&self) -> Result<ServerReport> {
        (**self).server().await
    }

    fn records(&self) -> Option<&dyn Records> {
        (**self).records()
    }

    fn counters(&self) -> Option<&dyn Counters> {
        (**self).counters()
    }

    fn assignments(&self) -> Option<&dyn Assignments> {
        (**self).assignments()
    }
}
