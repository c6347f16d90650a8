//! The stores that are measured, with their servers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use feats::store::{Memory, S3, Store};
use feats_servers::{Consul, MariaDb, Moto, Postgres, Proxy, Redis};
use tempfile::TempDir;

/// The bucket of S3.
const BUCKET: &str = "bench";

/// A store that is measured.
pub struct Contender {
    pub name: &'static str,
    pub server: Server,
    /// A line to the server on which requests are counted.
    pub line: Option<Proxy>,
}

/// The server of a store, or what is in place of one.
pub enum Server {
    Memory(Mutex<BTreeMap<String, Arc<Memory>>>),
    Sqlite(TempDir),
    Redis(Redis),
    /// With the URL of the database.
    Postgres(Postgres, String),
    /// With the URL of the database.
    MariaDb(MariaDb, String),
    Consul(Consul),
    S3(Moto),
}

/// Starts the selected servers that are installed. `selects` is called with the name of each store.
pub fn all(selects: impl Fn(&str) -> bool) -> Vec<Contender> {
    let mut all = Vec::new();
    let mut add = |name, start: &dyn Fn() -> Option<Server>| {
        if selects(name)
            && let Some(server) = start()
        {
            let line = server.port().map(Proxy::to);
            all.push(Contender { name, server, line });
        }
    };
    add("memory", &|| Some(Server::Memory(Mutex::default())));
    add("SQLite", &|| Some(Server::Sqlite(tempfile::tempdir().expect("a directory"))));
    add("Redis", &|| feats_servers::available().then(|| Server::Redis(Redis::builder().appendonly().start())));
    add("PostgreSQL", &|| {
        let server = Postgres::available().then(|| Postgres::builder().durable().start())?;
        let url = server.database();
        Some(Server::Postgres(server, url))
    });
    add("MariaDB", &|| {
        let server = MariaDb::available().then(|| MariaDb::builder().durable().start())?;
        let url = server.database();
        Some(Server::MariaDb(server, url))
    });
    add("Consul", &|| Consul::available().then(|| Server::Consul(Consul::builder().durable().start())));
    add("S3 (moto)", &|| {
        let server = Moto::available().then(Moto::start)?;
        server.create_bucket(BUCKET);
        Some(Server::S3(server))
    });
    all
}

impl Contender {
    /// Opens a handle on an area of the store, which shares no data with other areas.
    pub fn open(&self, area: &str) -> Arc<dyn Store> {
        self.server.open(area, self.server.port())
    }

    /// Opens a handle that sends its requests over the counted line.
    pub fn open_counted(&self, area: &str) -> Arc<dyn Store> {
        self.server.open(area, self.line.as_ref().map(Proxy::port))
    }

    /// Returns the number of publishes for the time until one is visible, and the longest pause between two of them. A pause covers
    /// the interval of polls, so that publishes fall on all parts of it.
    pub fn publishes(&self) -> (u32, Duration) {
        match self.server {
            Server::S3(_) => (12, Duration::from_secs(5)),
            _ => (100, Duration::from_millis(100)),
        }
    }
}

impl Server {
    fn port(&self) -> Option<u16> {
        match self {
            Self::Memory(_) | Self::Sqlite(_) => None,
            Self::Redis(server) => Some(server.port()),
            Self::Postgres(server, _) => Some(server.port()),
            Self::MariaDb(server, _) => Some(server.port()),
            Self::Consul(server) => Some(server.port()),
            Self::S3(server) => Some(server.port()),
        }
    }

    /// Opens a handle on an area, through a port of the server or of a line to it.
    fn open(&self, area: &str, port: Option<u16>) -> Arc<dyn Store> {
        let port = port.unwrap_or_default();
        let through = |url: &str| url.replace(&format!(":{}", self.port().unwrap_or_default()), &format!(":{port}"));
        let url = match self {
            Self::Memory(areas) => {
                return areas.lock().expect("no panic").entry(area.to_owned()).or_default().clone();
            }
            Self::S3(_) => {
                let url = format!("s3://{BUCKET}/{area}?endpoint=http://127.0.0.1:{port}");
                return Arc::new(S3::open(url).expect("a URL").credentials("key", "secret"));
            }
            Self::Sqlite(directory) => format!("sqlite:{}/{area}.db", directory.path().display()),
            Self::Redis(_) => format!("redis://127.0.0.1:{port}?prefix={area}"),
            Self::Postgres(_, url) | Self::MariaDb(_, url) => format!("{}?prefix={area}_", through(url)),
            Self::Consul(_) => format!("consul://127.0.0.1:{port}/{area}"),
        };
        feats::store::open(url).expect("a URL")
    }
}
