//! Reading less than whole revisions: lists tell something of a thousand features at a time.

use serde::de::DeserializeOwned;

use super::handle::{FeatureHandle, Target};
use crate::error::Result;
use crate::model::{Hash, Header};
use crate::store::Page;

impl<T: Target> FeatureHandle<T> {
    /// The hash of the newest revision that has arrived: another one once there is another revision.
    pub(crate) fn hash(&self) -> Option<Hash> {
        self.standing().map(|standing| standing.hash)
    }

    /// A part of the newest revision that has arrived. What the part does not name is skipped.
    pub(crate) fn peek<P: DeserializeOwned>(&self) -> Option<P> {
        serde_json::from_slice(&self.standing()?.bytes.unpack()).ok()
    }

    /// Who wrote some revisions, when and why, newest first, and the oldest version that was looked at. Nothing is
    /// verified; what is damaged has no header, and is left out.
    pub(crate) async fn headers(&self, page: Page) -> Result<(Vec<Header>, Option<u64>)> {
        let entries = self.entries(page).await?;
        let headers = entries.iter().filter_map(|entry| serde_json::from_slice(&entry.bytes).ok());
        Ok((headers.collect(), entries.last().map(|oldest| oldest.version)))
    }
}
