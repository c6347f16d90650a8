//! Connections: made at first use, found again after a failover, dropped when in doubt.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex as StdMutex, PoisonError};
use std::time::Duration;

use redis::cluster_routing::Slot;
use redis::io::tcp::TcpSettings;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, Value, cmd};
use tokio::net::lookup_host;
use tokio::runtime::{Handle, Id};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout};

use super::address::{Address, Login, Node, Topology};
use super::cluster::SlotMap;
use super::error::Failure;
use super::keys::Keys;
use super::session::Session;
use super::tls;
use super::watch::Trusted;
use crate::error::{Error, ErrorKind, Result};

/// How long connecting to one server may take.
const CONNECT: Duration = Duration::from_secs(2);
/// How long finding the right server among many may take.
const LOCATE: Duration = Duration::from_secs(4);
/// How long a connection may be idle and still be used without asking whether it is alive.
const IDLE: Duration = Duration::from_secs(1);
/// How long a server may take to say that it is alive.
const ALIVE: Duration = Duration::from_secs(1);

type Connection = redis::aio::MultiplexedConnection;

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
    pub(super) writer: Own,
    /// For what blocks until something changes.
    pub(super) watcher: Own,
    pub(super) trusted: Trusted,
    serials: AtomicU64,
}

/// The place of a connection for one at a time; empty before its first use, while it is in use, and after a failure.
#[derive(Default)]
pub(super) struct Own(Mutex<Option<Link>>);

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
pub(super) enum Home<'a> {
    Shared,
    Own(MutexGuard<'a, Option<Link>>),
}

enum Directory {
    One(Node),
    Slots(SlotMap),
}

impl Server {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            directory: Mutex::default(),
            doubted: StdMutex::default(),
            shared: Mutex::default(),
            writer: Own::default(),
            watcher: Own::default(),
            trusted: Trusted::default(),
            serials: AtomicU64::new(0),
        }
    }

    /// The store's name.
    pub(super) fn name(&self) -> String {
        self.options.address.to_string()
    }

    /// The names of the keys.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if the handle was opened with options that cannot be used.
    pub(super) fn keys(&self) -> Result<&Keys> {
        let why = |why: &&'static str| Error::new(ErrorKind::Invalid, *why).with_store(self.name());
        self.options.keys.as_ref().map_err(why)
    }

    /// Shares the connection to whoever serves all keys but assignments.
    pub(super) async fn session(&self) -> Result<Session<'_>> {
        self.session_for(self.keys()?.slot()).await
    }

    /// Shares the connection to whoever serves a key.
    pub(super) async fn session_for_key(&self, key: &str) -> Result<Session<'_>> {
        self.session_for(Slot::for_key(key)).await
    }

    /// Who serves a key.
    pub(super) async fn node_of(&self, key: &str) -> Result<Node> {
        self.locate(Slot::for_key(key)).await.map_err(|failure| self.explain(failure))
    }

    /// Borrows a connection for this one alone.
    pub(super) async fn session_alone<'a>(&'a self, own: &'a Own) -> Result<Session<'a>> {
        let slot = self.keys()?.slot();
        let mut place = own.0.lock().await;
        let link = match place.take() {
            Some(link) => self.revive(link).await,
            None => None,
        };
        let link = match link {
            Some(link) => link,
            None => self.connect_to(slot).await.map_err(|failure| self.explain(failure))?,
        };
        Ok(Session::new(self, link, Home::Own(place)))
    }

    /// Takes a connection back: a sound one for others, a spoiled one to drop it.
    pub(super) async fn take_back(&self, mut link: Link, home: Home<'_>, spoiled: bool) {
        if spoiled {
            self.doubt().await;
        }
        link.used = Instant::now();
        match home {
            Home::Own(mut place) => *place = (!spoiled).then_some(link),
            Home::Shared => {
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

    /// Who serves a slot.
    async fn locate(&self, slot: Slot) -> Result<Node, Failure> {
        let mut directory = self.directory.lock().await;
        if directory.is_none() {
            let asked = timeout(LOCATE, self.ask()).await.map_err(|_| Failure::Late(LOCATE))??;
            *directory = Some(asked);
        }
        match &*directory {
            Some(Directory::Slots(map)) => map.master(slot).cloned(),
            Some(Directory::One(node)) => Ok(node.clone()),
            None => Err(Failure::Late(LOCATE)),
        }
    }

    /// Connects to a node.
    pub(super) async fn open(&self, node: &Node) -> Result<Link, Failure> {
        let client = self.client(node).await?;
        // The time of an answer is limited where it is waited for.
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let connecting = async {
            let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
            // Only an answer tells that it is a Redis, and that it lets this program in.
            cmd("PING").query_async::<Value>(&mut connection).await.map(|_| connection)
        };
        let connection = match timeout(CONNECT, connecting).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Err(why_not(node, error).await),
            Err(_) => {
                let encrypted = self.options.address.tls.is_some();
                return Err(Failure::Silent { node: node.clone(), encrypted, time: CONNECT });
            }
        };
        let serial = self.serials.fetch_add(1, Ordering::Relaxed);
        Ok(Link { node: node.clone(), connection, serial, runtime: Handle::current().id(), used: Instant::now() })
    }

    pub(super) fn explain(&self, failure: Failure) -> Error {
        failure.explain(&self.options.address.topology).with_store(self.name())
    }

    async fn session_for(&self, slot: Slot) -> Result<Session<'_>> {
        let link = self.share(slot).await.map_err(|failure| self.explain(failure))?;
        Ok(Session::new(self, link, Home::Shared))
    }

    async fn share(&self, slot: Slot) -> Result<Link, Failure> {
        let mut node = self.locate(slot).await?;
        let mut shared = self.shared.lock().await;
        if let Some(link) = shared.remove(&node) {
            match self.revive(link).await {
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
    async fn revive(&self, mut link: Link) -> Option<Link> {
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

    async fn ask(&self) -> Result<Directory, Failure> {
        match &self.options.address.topology {
            Topology::Single(node) => Ok(Directory::One(node.clone())),
            Topology::Sentinel(sentinels, service) => self.ask_sentinels(sentinels, service).await.map(Directory::One),
            Topology::Cluster(nodes) => self.ask_nodes(nodes).await.map(Directory::Slots),
        }
    }

    /// Asks one node after the other, beginning anywhere: many programs do not all ask the first.
    async fn ask_nodes(&self, nodes: &[Node]) -> Result<SlotMap, Failure> {
        let mut failure = Failure::Late(LOCATE);
        for node in shuffled(nodes) {
            let asked = async {
                let mut link = self.open(&node).await?;
                let slots = cmd("CLUSTER").arg("SLOTS").take();
                let answer = timeout(CONNECT, slots.query_async(&mut link.connection)).await;
                SlotMap::read(&node, answer.map_err(|_| Failure::Late(CONNECT))??)
            };
            match asked.await {
                Ok(map) => return Ok(map),
                Err(other) => failure = other,
            }
        }
        Err(failure)
    }

    /// Asks the sentinels for the master, which has to say itself that it is one.
    async fn ask_sentinels(&self, sentinels: &[Node], service: &str) -> Result<Node, Failure> {
        let Address { login, tls, .. } = &self.options.address;
        let sentinels = shuffled(sentinels);
        let addresses = sentinels.iter().map(|node| address(node, tls.is_some()));
        let mut builder = SentinelClientBuilder::new(addresses, service, SentinelServerType::Master)?;
        if let Some(tls) = tls {
            let certificates = tls::certificates(tls).await?;
            builder = builder
                .set_client_to_sentinel_certificates(certificates.clone())
                .set_client_to_redis_certificates(certificates)
                .set_client_to_redis_tls_mode(redis::TlsMode::Secure);
        }
        if let Some(user) = &login.user {
            builder = builder.set_client_to_redis_username(user);
        }
        if let Some(password) = &login.password {
            builder = builder.set_client_to_redis_password(password);
        }
        if let Some(user) = &self.options.sentinels.user {
            builder = builder.set_client_to_sentinel_username(user);
        }
        if let Some(password) = &self.options.sentinels.password {
            builder = builder.set_client_to_sentinel_password(password);
        }
        let found = builder.build()?.async_get_client().await;
        match found {
            Ok(client) => match client.get_connection_info().addr() {
                ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                    Ok(Node { host: host.clone(), port: *port })
                }
                _ => Err(Error::new(ErrorKind::Unavailable, "the sentinels name no host").into()),
            },
            Err(error) => Err(match sentinels.into_iter().next() {
                Some(node) if error.is_io_error() => why_not(&node, error).await,
                _ => error.into(),
            }),
        }
    }

    async fn client(&self, node: &Node) -> Result<Client, Failure> {
        let Address { login, database, tls, .. } = &self.options.address;
        let mut redis = RedisConnectionInfo::default().set_db(*database).set_skip_set_lib_name();
        if let Some(user) = &login.user {
            redis = redis.set_username(user);
        }
        if let Some(password) = &login.password {
            redis = redis.set_password(password);
        }
        // Small messages that are waited for: they are not to be gathered.
        let tcp = TcpSettings::default().set_nodelay(true);
        let info = address(node, tls.is_some()).into_connection_info()?;
        let info = info.set_redis_settings(redis).set_tcp_settings(tcp);
        let Some(tls) = tls else { return Ok(Client::open(info)?) };
        let unusable = |error| Error::new(ErrorKind::Invalid, "the certificates cannot be used").with_source(error);
        Ok(Client::build_with_tls(info, tls::certificates(tls).await?).map_err(unusable)?)
    }
}

fn address(node: &Node, encrypted: bool) -> ConnectionAddr {
    let (host, port) = (node.host.clone(), node.port);
    if encrypted {
        ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
    } else {
        ConnectionAddr::Tcp(host, port)
    }
}

/// Why there is no connection to a node: a name that cannot be resolved looks like any other fault of the network.
async fn why_not(node: &Node, error: redis::RedisError) -> Failure {
    match lookup_host((node.host.as_str(), node.port)).await {
        Err(unknown) if error.is_io_error() => Failure::Unresolved(node.clone(), unknown),
        _ => Failure::Connecting(node.clone(), error),
    }
}

fn shuffled(nodes: &[Node]) -> Vec<Node> {
    let mut nodes = nodes.to_vec();
    fastrand::shuffle(&mut nodes);
    nodes
}
