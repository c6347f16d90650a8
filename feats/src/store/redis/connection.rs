//! Connections: made at first use, found again after a failover, dropped when in doubt.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex as StdMutex, PoisonError};
use std::time::Duration;

use redis::cluster_routing::Slot;
use redis::{Value, cmd};
use tokio::runtime::{Handle, Id};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout};

use super::address::{Address, Login, Node, encoded};
use super::connect::{Connection, connect};
use super::directory::{Directory, LOCATE};
use super::error::Failure;
use super::keys::{DEFAULT_PREFIX, Keys};
use super::position::Trusted;
use crate::error::{Error, ErrorKind, Result};

/// How long a connection may be idle and still be used without asking whether it is alive.
const IDLE: Duration = Duration::from_secs(1);
/// How long a server may take to say that it is alive.
const ALIVE: Duration = Duration::from_secs(1);

/// What a handle is opened with.
#[derive(Clone)]
pub(super) struct Options {
    pub(super) address: Address,
    /// The login of the sentinels; that of the address is for the servers.
    pub(super) sentinels: Login,
    /// The keys, or why there are none: what is wrong with the prefix, or with another option.
    pub(super) keys: std::result::Result<Keys, &'static str>,
}

/// A Redis, of however many servers, and the connections to it.
pub(super) struct Server {
    pub(super) options: Options,
    /// Who serves what; empty until somebody asks, and when the answer was wrong.
    directory: Mutex<Option<Directory>>,
    /// When a connection was last found broken. The others may be too.
    doubted: StdMutex<Option<Instant>>,
    /// Connections that commands share, one for each node.
    shared: Mutex<HashMap<Node, Link>>,
    /// For what blocks until replicas have confirmed it.
    pub(super) writer: Dedicated,
    /// For what blocks until something changes.
    pub(super) watcher: Dedicated,
    pub(super) trusted: Trusted,
    serials: AtomicU64,
}

/// The place of a connection for one at a time; empty before its first use, while it is in use, and after a failure.
#[derive(Default)]
pub(super) struct Dedicated(Mutex<Option<Link>>);

/// A connection to a node.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) node: Node,
    pub(super) connection: Connection,
    /// Tells this connection from all others of this handle.
    serial: u64,
    /// A connection ends with the runtime that it was made on.
    runtime: Id,
    used: Instant,
}

/// Where a session came from, and where its connection goes back to.
pub(super) enum Lease<'a> {
    Shared,
    Dedicated(MutexGuard<'a, Option<Link>>),
}

impl Server {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            directory: Mutex::default(),
            doubted: StdMutex::default(),
            shared: Mutex::default(),
            writer: Dedicated::default(),
            watcher: Dedicated::default(),
            trusted: Trusted::default(),
            serials: AtomicU64::new(0),
        }
    }

    /// The store's name: what is needed to open it again, but for what is secret.
    pub(super) fn name(&self) -> String {
        let address = &self.options.address;
        match self.options.keys.as_ref().map(Keys::prefix) {
            Ok(prefix) if prefix != DEFAULT_PREFIX => format!("{address}?prefix={}", encoded(prefix)),
            _ => address.to_string(),
        }
    }

    /// The names of the keys.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the handle was opened with options that cannot be used.
    pub(super) fn keys(&self) -> Result<&Keys> {
        let why = |why: &&'static str| Error::new(ErrorKind::Invalid, *why).with_store(self.name());
        self.options.keys.as_ref().map_err(why)
    }

    /// Who serves a key.
    pub(super) async fn node_of(&self, key: &str) -> Result<Node> {
        self.locate(Slot::for_key(key)).await.map_err(|failure| self.explain(failure))
    }

    /// All servers that keys are written to.
    pub(super) async fn masters(&self) -> Result<Vec<Node>> {
        let mut directory = self.directory.lock().await;
        let masters = self.known(&mut directory).await.map(|known| known.masters());
        masters.map_err(|failure| self.explain(failure))
    }

    /// Shares the connection to whoever serves a slot.
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

    /// Shares the connection to a server.
    pub(super) async fn share_with(&self, node: &Node) -> Result<Link, Failure> {
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

    /// Lends a connection to whoever serves a slot, for one at a time.
    pub(super) async fn lend<'a>(&self, own: &'a Dedicated, slot: Slot) -> Result<(Link, Lease<'a>), Failure> {
        let mut place = own.0.lock().await;
        let link = match place.take() {
            Some(link) => self.check_alive(link).await,
            None => None,
        };
        let link = match link {
            Some(link) => link,
            None => self.connect_to(slot).await?,
        };
        Ok((link, Lease::Dedicated(place)))
    }

    /// Takes a connection back: a sound one for others, a spoiled one to drop it.
    pub(super) async fn take_back(&self, mut link: Link, home: Lease<'_>, spoiled: bool) {
        if spoiled {
            self.doubt().await;
        }
        link.used = Instant::now();
        match home {
            Lease::Dedicated(mut place) => *place = (!spoiled).then_some(link),
            Lease::Shared => {
                let mut shared = self.shared.lock().await;
                if !spoiled {
                    shared.entry(link.node.clone()).or_insert(link);
                } else if shared.get(&link.node).is_some_and(|other| other.serial == link.serial) {
                    shared.remove(&link.node);
                }
            }
        }
    }

    /// Asks anew at the next connection who serves what.
    pub(super) async fn forget_directory(&self) {
        *self.directory.lock().await = None;
    }

    /// Connects to a node.
    pub(super) async fn open(&self, node: &Node) -> Result<Link, Failure> {
        let connection = connect(&self.options.address, node).await?;
        let serial = self.serials.fetch_add(1, Ordering::Relaxed);
        Ok(Link { node: node.clone(), connection, serial, runtime: Handle::current().id(), used: Instant::now() })
    }

    pub(super) fn explain(&self, failure: Failure) -> Error {
        failure.explain(&self.options.address.topology).with_store(self.name())
    }

    /// Who serves a slot.
    async fn locate(&self, slot: Slot) -> Result<Node, Failure> {
        let mut directory = self.directory.lock().await;
        self.known(&mut directory).await?.master(slot).cloned()
    }

    /// What the directory says, which is asked for if it is not known.
    async fn known<'a>(&self, directory: &'a mut Option<Directory>) -> Result<&'a Directory, Failure> {
        let known = match directory.take() {
            Some(known) => known,
            None => timeout(LOCATE, Directory::ask(&self.options.address, &self.options.sentinels))
                .await
                .map_err(|_| Failure::Late(LOCATE))??,
        };
        Ok(directory.insert(known))
    }

    async fn doubt(&self) {
        *self.doubted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.forget_directory().await;
    }

    async fn connect_to(&self, slot: Slot) -> Result<Link, Failure> {
        self.connect(&self.locate(slot).await?).await
    }

    /// Connects to a node where the directory says it is, which is asked anew if nobody is there.
    async fn connect(&self, node: &Node) -> Result<Link, Failure> {
        let opened = self.open(node).await;
        if opened.is_err() {
            self.doubt().await;
        }
        opened
    }

    /// A connection that was left alone for a while, or since another one broke, is asked first: the server may have been
    /// restarted in between, and that should cost nobody an error.
    async fn check_alive(&self, mut link: Link) -> Option<Link> {
        if link.runtime != Handle::current().id() {
            return None;
        }
        let doubted = *self.doubted.lock().unwrap_or_else(PoisonError::into_inner);
        if link.used.elapsed() > IDLE || doubted.is_some_and(|doubted| link.used <= doubted) {
            let alive = timeout(ALIVE, cmd("PING").query_async::<Value>(&mut link.connection)).await;
            if !matches!(alive, Ok(Ok(_))) {
                self.doubt().await;
                return None;
            }
        }
        link.used = Instant::now();
        Some(link)
    }
}
