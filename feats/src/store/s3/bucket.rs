//! The bucket of a handle: its client, and the head that was last read.

use std::sync::{Arc, Mutex, PoisonError};

use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion};

use super::address::Address;
use super::client::Clients;
use super::error::Failure;
use super::head::{Head, StoredHead};
use super::objects;
use crate::error::Result;
use crate::store::Cursor;

/// A bucket.
pub(super) struct Bucket {
    pub(super) address: Address,
    clients: Clients,
    /// The head that was last read, for conditional reads.
    last: Mutex<Option<Arc<StoredHead>>>,
    /// The position of the newest revision that this handle appended, until a watcher finds it lost.
    appended: Mutex<Option<Cursor>>,
}

impl Bucket {
    pub(super) fn new(address: Address) -> Self {
        Self { address, clients: Clients::default(), last: Mutex::default(), appended: Mutex::default() }
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
    pub(super) fn client(&self) -> std::result::Result<Arc<dyn ObjectStore>, Failure> {
        Ok(self.clients.current(&self.address)?)
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

    async fn read_head(&self) -> std::result::Result<Option<Arc<StoredHead>>, Failure> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let tag = last.as_ref().and_then(|last| last.tag.clone());
        let options = GetOptions { if_none_match: tag, ..GetOptions::default() };
        let result = match self.client()?.get_opts(&self.head_path()?, options).await.map_err(Failure::from) {
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
        let put = self.client()?.put_opts(&self.head_path()?, PutPayload::from(bytes), options).await?;
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

    fn head_path(&self) -> std::result::Result<Path, Failure> {
        objects::path(&format!("{}/{}", self.address.prefix, objects::HEAD))
    }

    /// Writes an object unless it exists. Its content follows from its name, so an existing one is the same.
    pub(super) async fn create(&self, path: &Path, bytes: Vec<u8>) -> std::result::Result<(), Failure> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.client()?.put_opts(path, PutPayload::from(bytes), options).await.map_err(Failure::from) {
            Err(failure) if !failure.is_conflict() => Err(failure),
            _ => Ok(()),
        }
    }

    /// Reads an object; `None` if there is none.
    pub(super) async fn read(&self, path: &Path) -> std::result::Result<Option<Vec<u8>>, Failure> {
        let result = match self.client()?.get(path).await.map_err(Failure::from) {
            Err(failure) if failure.is_absent() => return Ok(None),
            result => result?,
        };
        objects::check_size(result.meta.size, objects::MAX_OBJECT_BYTES)?;
        Ok(Some(result.bytes().await?.into()))
    }
}
