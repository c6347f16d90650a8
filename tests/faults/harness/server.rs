//! Servers of stores, and the ways to harm them.

use std::sync::Arc;

use feats::store::{self, Store};
use feats_servers::{Consul, MariaDb, Moto, Postgres, Redis, SmallDisk, available};

/// A server whose store is under test.
pub trait Server: Sized {
    /// The name in the table.
    const NAME: &'static str;

    /// Returns whether the server is installed. If not, prints a line, or panics in continuous integration.
    fn is_available() -> bool;

    /// Starts the server, so that everything that it acknowledges survives `kill -9`, if it can do this.
    fn launch() -> Self;

    /// Returns the URL of an empty store, on the port of the server.
    fn store(&self) -> String;

    fn port(&self) -> u16;
    fn kill(&self);
    fn restart(&self);
    fn pause(&self);
    fn resume(&self);
}

/// A server that can have its data on a small disk.
pub trait DiskServer: Server {
    /// Like [`launch`](Server::launch), on a small disk.
    fn launch_on_small_disk() -> Self;

    fn disk(&self) -> &SmallDisk;
}

/// The bucket of a trial.
const BUCKET: &str = "feats-faults";

/// Opens the store at a URL, as a program does.
pub fn open(url: &str) -> Arc<dyn Store> {
    if url.starts_with("s3:") {
        return Arc::new(store::S3::open(url).expect("a URL").credentials("test", "test"));
    }
    store::open(url).expect("a URL")
}

/// Implements what every server has under the same name.
macro_rules! harm {
    () => {
        fn port(&self) -> u16 {
            self.port()
        }

        fn kill(&self) {
            self.kill();
        }

        fn restart(&self) {
            self.restart();
        }

        fn pause(&self) {
            self.pause();
        }

        fn resume(&self) {
            self.resume();
        }
    };
}

impl Server for Redis {
    const NAME: &'static str = "Redis";

    fn is_available() -> bool {
        available()
    }

    fn launch() -> Self {
        Self::builder().appendonly().start()
    }

    fn store(&self) -> String {
        self.url()
    }

    harm!();
}

impl Server for Postgres {
    const NAME: &'static str = "PostgreSQL";

    fn is_available() -> bool {
        Self::available()
    }

    fn launch() -> Self {
        Self::builder().durable().start()
    }

    fn store(&self) -> String {
        self.database()
    }

    harm!();
}

impl DiskServer for Postgres {
    fn launch_on_small_disk() -> Self {
        Self::builder().durable().small_disk().start()
    }

    fn disk(&self) -> &SmallDisk {
        self.disk()
    }
}

impl Server for MariaDb {
    const NAME: &'static str = "MariaDB";

    fn is_available() -> bool {
        Self::available()
    }

    fn launch() -> Self {
        Self::builder().durable().start()
    }

    fn store(&self) -> String {
        self.database()
    }

    harm!();
}

impl DiskServer for MariaDb {
    fn launch_on_small_disk() -> Self {
        Self::builder().durable().small_disk().start()
    }

    fn disk(&self) -> &SmallDisk {
        self.disk()
    }
}

impl Server for Consul {
    const NAME: &'static str = "Consul";

    fn is_available() -> bool {
        Self::available()
    }

    fn launch() -> Self {
        Self::builder().durable().start()
    }

    fn store(&self) -> String {
        self.url()
    }

    harm!();
}

impl Server for Moto {
    const NAME: &'static str = "S3 (moto)";

    fn is_available() -> bool {
        Self::available()
    }

    fn launch() -> Self {
        Self::start()
    }

    fn store(&self) -> String {
        self.create_bucket(BUCKET);
        format!("s3://{BUCKET}?region=us-east-1&endpoint={}", self.endpoint())
    }

    harm!();
}
