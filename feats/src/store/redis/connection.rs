//! Connections: opened at the first use, reopened after a failover, dropped when they may be broken.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex as StdMutex, PoisonError};
use std::time::Duration;

use redis::cluster_routing::Slot;
use redis::{Value, cmd};
use tokio::runtime::{Handle, Id};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout};

use super::address::Address;
use super::connect::{Connection, connect};
use super::directory::{Directory, LOCATE_TIMEOUT};
use super::error::Failure;
use super::keys::{DEFAULT_PREFIX, Keys};
use super::position::LastPosition;
use crate::error::{Error, ErrorKind, Result};
use crate::url::{HostPort, Login, percent_encode};

/// The idle time after which a connection is checked with PING before it is used.
const IDLE_LIMIT: Duration = Duration::from_secs(1);
/// The time limit of that PING.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// The options of a handle.
#[derive(Clone)]
pub(super) struct Options {
    pub(super) address: Address,
    /// The login for the sentinels. The one in the address is for the servers.
    pub(super) sentinels: Login,
    /// The keys, or the reason why the prefix or another option is not valid.
    pub(super) keys: std::result::Result<Keys, &'static str>,
}

/// A Redis of one or more servers, and the connections to it.
pub(super) struct Server {
    pub(super) options: Options,
    /// The nodes that serve the slots. `None` until it is first needed, and after it was found outdated.
    directory: Mutex<Option<Directory>>,
    /// The time at which a connection was last found broken. Connections that were used before that may be broken too.
    suspect_since: StdMutex<Option<Instant>>,
    /// The connections that commands share, one for each node.
    shared: Mutex<HashMap<HostPort, Link>>,
    /// The connection for appends, which block until replicas confirm them.
    pub(super) writer: Dedicated,
    /// The connection for watching, which blocks until there is a change.
    pub(super) watcher: Dedicated,
    pub(super) last_position: LastPosition,
    serials: AtomicU64,
}

/// A slot for a connection with one use at a time. Empty before the first use, during a use, and after a failure.
#[derive(Default)]
pub(super) struct Dedicated(Mutex<Option<Link>>);

/// A connection to a node.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) node: HostPort,
    pub(super) connection: Connection,
    /// A number that is unique among the connections of this handle.
    serial: u64,
    /// The runtime on which the connection was opened, and with which it ends.
    runtime: Id,
    used: Instant,
}

/// The slot to which the connection of a session returns.
pub(super) enum Lease<'a> {
    Shared,
    Dedicated(MutexGuard<'a, Option<Link>>),
}

impl Server {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            directory: Mutex::default(),
            suspect_since: StdMutex::default(),
            shared: Mutex::default(),
            writer: Dedicated::default(),
            watcher: Dedicated::default(),
            last_position: LastPosition::default(),
            serials: AtomicU64::new(0),
        }
    }

    /// Returns the name of the store: its URL without secrets.
    pub(super) fn name(&self) -> String {
        let address = &self.options.address;
        match self.options.keys.as_ref().map(Keys::prefix) {
            Ok(prefix) if prefix != DEFAULT_PREFIX => format!("{address}?prefix={}", percent_encode(prefix)),
            _ => address.to_string(),
        }
    }

    /// Returns the names of the keys.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the options of the handle are not valid.
    pub(super) fn keys(&self) -> Result<&Keys> {
        let why = |why: &&'static str| Error::new(ErrorKind::Invalid, *why).with_store(self.name());
        self.options.keys.as_ref().map_err(why)
    }

    /// Returns the node that serves a key.
    pub(super) async fn node_of(&self, key: &str) -> Result<HostPort> {
        self.locate(Slot::for_key(key)).await.map_err(|failure| self.explain(failure))
    }

    /// Returns all masters.
    pub(super) async fn masters(&self) -> Result<Vec<HostPort>> {
        let mut directory = self.directory.lock().await;
        let masters = self.resolve(&mut directory).await.map(|directory| directory.masters());
        masters.map_err(|failure| self.explain(failure))
    }

    /// Returns the shared connection to the node that serves a slot.
    pub(super) async fn share(&self, slot: Slot) -> Result<Link, Failure> {
        let mut node = self.locate(slot).await?;
        let mut shared = self.shared.lock().await;
        if let Some(link) = shared.remove(&node) {
            match self.check_alive(link).await {
                Some(link) => {
                    shared.insert(node, link.clone());
                    return Ok(link);
                }
                None => node = self.locate(slot).await?,
            }
        }
        let link = self.connect(&node).await?;
        shared.insert(node, link.clone());
        Ok(link)
    }

    /// Returns the shared connection to a node.
    pub(super) async fn share_on(&self, node: &HostPort) -> Result<Link, Failure> {
        let mut shared = self.shared.lock().await;
        let link = match shared.remove(node) {
            Some(link) => self.check_alive(link).await,
            None => None,
        };
        let link = match link {
            Some(link) => link,
            None => self.connect(node).await?,
        };
        shared.insert(node.clone(), link.clone());
        Ok(link)
    }

    /// Takes a dedicated connection to the node that serves a slot.
    pub(super) async fn lease<'a>(&self, dedicated: &'a Dedicated, slot: Slot) -> Result<(Link, Lease<'a>), Failure> {
        let mut guard = dedicated.0.lock().await;
        let link = match guard.take() {
            Some(link) => self.check_alive(link).await,
            None => None,
        };
        let link = match link {
            Some(link) => link,
            None => self.connect_to(slot).await?,
        };
        Ok((link, Lease::Dedicated(guard)))
    }

    /// Returns a connection to its slot, or drops it if it is poisoned.
    pub(super) async fn give_back(&self, mut link: Link, lease: Lease<'_>, poisoned: bool) {
        if poisoned {
            self.mark_suspect().await;
        }
        link.used = Instant::now();
        match lease {
            Lease::Dedicated(mut guard) => *guard = (!poisoned).then_some(link),
            Lease::Shared => {
                let mut shared = self.shared.lock().await;
                if !poisoned {
                    shared.entry(link.node.clone()).or_insert(link);
                } else if shared.get(&link.node).is_some_and(|other| other.serial == link.serial) {
                    shared.remove(&link.node);
                }
            }
        }
    }

    /// Drops the directory, so that the next connection fetches it again.
    pub(super) async fn forget_directory(&self) {
        *self.directory.lock().await = None;
    }

    /// Connects to a node.
    pub(super) async fn open(&self, node: &HostPort) -> Result<Link, Failure> {
        let connection = connect(&self.options.address, node).await?;
        let serial = self.serials.fetch_add(1, Ordering::Relaxed);
        Ok(Link { node: node.clone(), connection, serial, runtime: Handle::current().id(), used: Instant::now() })
    }

    pub(super) fn explain(&self, failure: Failure) -> Error {
        failure.explain(&self.options.address.topology).with_store(self.name())
    }

    /// Returns the node that serves a slot.
    async fn locate(&self, slot: Slot) -> Result<HostPort, Failure> {
        let mut directory = self.directory.lock().await;
        self.resolve(&mut directory).await?.master(slot).cloned()
    }

    /// Returns the directory, and fetches it if necessary.
    async fn resolve<'a>(&self, directory: &'a mut Option<Directory>) -> Result<&'a Directory, Failure> {
        let current = match directory.take() {
            Some(current) => current,
            None => timeout(LOCATE_TIMEOUT, Directory::fetch(&self.options.address, &self.options.sentinels))
                .await
                .map_err(|_| Failure::Timeout(LOCATE_TIMEOUT))??,
        };
        Ok(directory.insert(current))
    }

    async fn mark_suspect(&self) {
        *self.suspect_since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.forget_directory().await;
    }

    async fn connect_to(&self, slot: Slot) -> Result<Link, Failure> {
        self.connect(&self.locate(slot).await?).await
    }

    /// Connects to a node of the directory. If that fails, the next connection fetches the directory again.
    async fn connect(&self, node: &HostPort) -> Result<Link, Failure> {
        let opened = self.open(node).await;
        if opened.is_err() {
            self.mark_suspect().await;
        }
        opened
    }

    /// Checks a connection that was idle for a while, or since another one broke. The server may have been restarted in between,
    /// which must not fail the next command. Returns `None` if the connection cannot be used.
    async fn check_alive(&self, mut link: Link) -> Option<Link> {
        if link.runtime != Handle::current().id() {
            return None;
        }
        let suspect_since = *self.suspect_since.lock().unwrap_or_else(PoisonError::into_inner);
        if link.used.elapsed() > IDLE_LIMIT || suspect_since.is_some_and(|suspect_since| link.used <= suspect_since) {
            let alive = timeout(PING_TIMEOUT, cmd("PING").query_async::<Value>(&mut link.connection)).await;
            if !matches!(alive, Ok(Ok(_))) {
                self.mark_suspect().await;
                return None;
            }
        }
        link.used = Instant::now();
        Some(link)
    }
}
