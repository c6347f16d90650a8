//! The calls of the service, on the flags of an app.

use std::collections::BTreeMap;
use std::future::IntoFuture;
use std::sync::{Mutex, PoisonError};

use thrift::{ApplicationError, ApplicationErrorKind};

use super::super::convert::{from_meta, to_wire};
use super::super::service::{
    ErrorCode, FeatureFlagStoreItem, FeatureFlagStoreMeta, FeatureFlagStoreSyncHandler, FlipperException,
};
use crate::app::block_on;
use crate::error::{Error, ErrorKind, Result};
use crate::flags::flipper::Item;
use crate::flags::{Flag, Flags};
use crate::text::quoted;

/// The calls of one connection.
pub(super) struct Handler {
    flags: Flags,
    allows_writes: bool,
    /// The version of each flag for which what the service cannot express was logged.
    logged: Mutex<BTreeMap<String, u64>>,
}

impl Handler {
    pub(super) fn new(flags: Flags, allows_writes: bool) -> Self {
        Self { flags, allows_writes, logged: Mutex::default() }
    }

    /// Returns a page of flags, sorted by the bytes of their names.
    ///
    /// # Errors
    /// The limit or the offset is negative.
    pub(super) fn list(
        &self,
        limit: Option<i64>,
        offset: i64,
    ) -> std::result::Result<Vec<FeatureFlagStoreItem>, ApplicationError> {
        let count = |name: &str, number: i64| {
            let message = format!("the {name} is {number}, but must not be negative");
            usize::try_from(number).map_err(|_| ApplicationError::new(ApplicationErrorKind::ProtocolError, message))
        };
        let limit = limit.map(|limit| count("limit", limit)).transpose()?.unwrap_or(usize::MAX);
        // A page is one of the flags that can be expressed, so that no page is shorter than asked for.
        let flags = self.flags.list().flags().into_iter().filter_map(|flag| self.item(&flag));
        Ok(flags.skip(count("offset", offset)?).take(limit).map(|item| to_wire(&item)).collect())
    }

    /// Returns a flag as an item; `None` if it is archived, or Flipper cannot express it. Logs what is lost, once for each version.
    fn item(&self, flag: &Flag) -> Option<Item> {
        let meta = flag.meta();
        if meta.is_archived() {
            return None;
        }
        let state = flag.as_feature().ok().filter(|_| flag.exists())?.state();
        let exported = Item::from_state(flag.name(), &state, self.flags.app().now());
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = logged.get(flag.name()) != Some(&meta.version());
        match exported {
            Ok((item, lost)) => {
                if is_new && !lost.is_empty() {
                    logged.insert(flag.name().to_owned(), meta.version());
                    tracing::warn!(
                        flag = flag.name(),
                        "the Thrift service serves this flag with differences: {}",
                        lost.join("; ")
                    );
                }
                Some(item)
            }
            Err(error) => {
                if is_new {
                    logged.insert(flag.name().to_owned(), meta.version());
                    tracing::warn!(flag = flag.name(), %error, "the Thrift service leaves out this flag");
                }
                None
            }
        }
    }

    fn existing(&self, name: &str) -> thrift::Result<Item> {
        self.item(&self.flags.get(name)).ok_or_else(|| not_found(name))
    }

    fn check_writes(&self) -> thrift::Result<()> {
        match self.allows_writes {
            true => Ok(()),
            false => Err(refused("this service is read-only; it allows writes if it is started with --allow-writes")),
        }
    }
}

impl FeatureFlagStoreSyncHandler for Handler {
    fn handle_create(
        &self,
        name: String,
        is_enabled: bool,
        client_data: String,
    ) -> thrift::Result<FeatureFlagStoreItem> {
        self.check_writes()?;
        let data = serde_json::from_str(&client_data).map_err(|error| refused(&format!("client_data: {error}")))?;
        let flag = self.flags.create(name.clone()).client_data(data);
        run(if is_enabled { flag.enabled() } else { flag })?;
        self.existing(&name).map(|item| to_wire(&item))
    }

    fn handle_get(&self, name: String) -> thrift::Result<FeatureFlagStoreItem> {
        self.existing(&name).map(|item| to_wire(&item))
    }

    fn handle_set(&self, name: String, is_enabled: bool) -> thrift::Result<()> {
        self.check_writes()?;
        let item = self.existing(&name)?;
        let flag = self.flags.get(name);
        match is_enabled {
            _ if item.is_enabled() == is_enabled => Ok(()),
            true => run(flag.enable()).map(drop),
            false => run(flag.disable()).map(drop),
        }
    }

    fn handle_delete(&self, name: String) -> thrift::Result<()> {
        self.check_writes()?;
        self.existing(&name)?;
        run(self.flags.get(name).destroy()).map(drop)
    }

    fn handle_list(&self, limit: i64, offset: i64) -> thrift::Result<Vec<FeatureFlagStoreItem>> {
        Ok(self.list(Some(limit), offset)?)
    }

    fn handle_set_meta(&self, name: String, meta: FeatureFlagStoreMeta) -> thrift::Result<()> {
        self.check_writes()?;
        let known = self.existing(&name)?;
        let item = from_meta(&name, known.is_enabled(), &meta).map_err(|error| answer(&error))?;
        run(self.flags.import(item).replace()).map(drop)
    }
}

/// Makes a write, and waits for it.
fn run<T>(write: impl IntoFuture<Output = Result<T>>) -> thrift::Result<T> {
    block_on(write.into_future()).map_err(|error| answer(&error))
}

/// Returns the answer for an error.
fn answer(error: &Error) -> thrift::Error {
    match (error.kind(), error.feature()) {
        (ErrorKind::NotFound, Some(name)) => not_found(name),
        _ => refused(&error.report().to_string()),
    }
}

fn not_found(name: &str) -> thrift::Error {
    let message = format!("there is no flag named {}", quoted(name));
    thrift::Error::User(Box::new(FlipperException::new(ErrorCode::NOT_FOUND, message)))
}

fn refused(message: &str) -> thrift::Error {
    ApplicationError::new(ApplicationErrorKind::InternalError, message).into()
}
