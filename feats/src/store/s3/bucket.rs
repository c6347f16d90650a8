//! The bucket of a handle: its client, and the head that was last read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion};
use tokio::time::Instant;

use super::address::Address;
use super::client::Clients;
use super::error::Failure;
use super::head::{Head, Newest, StoredHead};
use super::objects;
use crate::error::Result;
use crate::model::Entry;
use crate::store::Cursor;

/// A bucket.
pub(super) struct Bucket {
    pub(super) address: Address,
    clients: Clients,
    /// The head that was last read, for conditional reads.
    last: Mutex<Option<Arc<StoredHead>>>,
    /// The time at which the head was last read.
    last_read: Mutex<Option<Instant>>,
    /// The last listing of the objects, and its warnings.
    pub(super) checked: Mutex<Option<Checked>>,
    /// The position of the newest revision that this handle appended, until a watcher finds it lost.
    appended: Mutex<Option<Cursor>>,
    /// The revisions that an interrupted load has read, by feature. Their objects never change.
    loaded: Mutex<HashMap<String, Entry>>,
}

/// A listing of the objects.
pub(super) struct Checked {
    pub(super) time: Instant,
    pub(super) warnings: Vec<String>,
}

impl Bucket {
    pub(super) fn new(address: Address) -> Self {
        Self {
            address,
            clients: Clients::default(),
            last: Mutex::default(),
            last_read: Mutex::default(),
            checked: Mutex::default(),
            appended: Mutex::default(),
            loaded: Mutex::default(),
        }
    }

    /// Returns the name of the store: its URL without secrets.
    pub(super) fn name(&self) -> String {
        self.address.to_string()
    }

    /// Turns a failure into an error with the name of the store.
    pub(super) fn explained<T>(&self, outcome: std::result::Result<T, Failure>) -> Result<T> {
        outcome.map_err(|failure| failure.explain().with_store(self.name()))
    }

    /// Returns the client of the current runtime.
    pub(super) async fn client(&self) -> std::result::Result<Arc<dyn ObjectStore>, Failure> {
        Ok(self.clients.current(&self.address).await?)
    }

    /// Returns the current head. Creates it in a bucket without one; a handle that may not create it gets an empty one.
    ///
    /// The head is read with the ETag of the last one, so an unchanged head is not transferred.
    pub(super) async fn head(&self) -> std::result::Result<Arc<StoredHead>, Failure> {
        if let Some(head) = self.read_head().await? {
            return Ok(head);
        }
        let first = StoredHead { content: Head::new(), tag: None };
        match self.replace_head(&first, first.content.clone()).await {
            Ok(head) => Ok(head),
            Err(failure) if failure.is_denied() => Ok(Arc::new(StoredHead { content: Head::absent(), tag: None })),
            Err(failure) if failure.is_conflict() => {
                let created = self.read_head().await?;
                created.ok_or(failure)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Returns the head that was last read, and the time until the next poll; `None` if a poll is due.
    pub(super) fn recent_head(&self) -> Option<(Arc<StoredHead>, Duration)> {
        let read = (*self.last_read.lock().unwrap_or_else(PoisonError::into_inner))?;
        let left = self.address.poll.checked_sub(read.elapsed())?;
        let head = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        Some((head, left))
    }

    async fn read_head(&self) -> std::result::Result<Option<Arc<StoredHead>>, Failure> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let tag = last.as_ref().and_then(|last| last.tag.clone());
        let options = GetOptions { if_none_match: tag, ..GetOptions::default() };
        let read = self.client().await?.get_opts(&self.head_path()?, options).await.map_err(Failure::from);
        *self.last_read.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let result = match read {
            Err(Failure::Api(object_store::Error::NotModified { .. })) => return Ok(last),
            Err(failure) if failure.is_absent() => return Ok(None),
            result => result?,
        };
        let tag = result.meta.e_tag.clone();
        objects::check_size(result.meta.size, super::head::MAX_HEAD_BYTES)?;
        let content = Head::decode(&result.bytes().await?)?;
        Ok(Some(self.remember(StoredHead { content, tag })))
    }

    /// Replaces the head, if it is still the one that was read.
    pub(super) async fn replace_head(
        &self,
        read: &StoredHead,
        content: Head,
    ) -> std::result::Result<Arc<StoredHead>, Failure> {
        let bytes = content.encode()?;
        let mode = match &read.tag {
            Some(tag) => PutMode::Update(UpdateVersion { e_tag: Some(tag.clone()), version: None }),
            None => PutMode::Create,
        };
        let options = PutOptions { mode, ..PutOptions::default() };
        let put = self.client().await?.put_opts(&self.head_path()?, PutPayload::from(bytes), options).await?;
        Ok(self.remember(StoredHead { content, tag: put.e_tag }))
    }

    fn remember(&self, head: StoredHead) -> Arc<StoredHead> {
        let head = Arc::new(head);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&head));
        head
    }

    pub(super) fn appended(&self) -> Option<Cursor> {
        self.appended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_appended(&self, position: Option<Cursor>) {
        *self.appended.lock().unwrap_or_else(PoisonError::into_inner) = position;
    }

    /// Returns the newest revision of a feature, if an interrupted load has read it.
    pub(super) fn loaded(&self, feature: &str, newest: &Newest) -> Option<Entry> {
        let hash = newest.hash().ok()?;
        self.all_loaded().get(feature).filter(|entry| entry.version == newest.version && entry.hash == hash).cloned()
    }

    /// Keeps a revision until [`forget_loaded`](Self::forget_loaded).
    pub(super) fn keep_loaded(&self, entry: &Entry) {
        self.all_loaded().insert(entry.feature.clone(), entry.clone());
    }

    pub(super) fn forget_loaded(&self) {
        self.all_loaded().clear();
    }

    fn all_loaded(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn head_path(&self) -> std::result::Result<Path, Failure> {
        objects::path(&format!("{}/{}", self.address.prefix, objects::HEAD))
    }

    /// Writes an object unless it exists. Its content follows from its name, so an existing one is the same.
    pub(super) async fn create(&self, path: &Path, bytes: Vec<u8>) -> std::result::Result<(), Failure> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.client().await?.put_opts(path, PutPayload::from(bytes), options).await.map_err(Failure::from) {
            Err(failure) if !failure.is_conflict() => Err(failure),
            _ => Ok(()),
        }
    }

    /// Reads an object; `None` if there is none.
    pub(super) async fn read(&self, path: &Path) -> std::result::Result<Option<Vec<u8>>, Failure> {
        let result = match self.client().await?.get(path).await.map_err(Failure::from) {
            Err(failure) if failure.is_absent() => return Ok(None),
            result => result?,
        };
        objects::check_size(result.meta.size, objects::MAX_OBJECT_BYTES)?;
        Ok(Some(result.bytes().await?.into()))
    }
}
