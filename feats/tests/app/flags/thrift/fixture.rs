//! A service in front of an app, and an app that uses it.

use std::net::SocketAddr;
use std::time::Duration;

use feats::App;
use feats::flags::{ThriftServer, ThriftSource};
use feats::store::{Memory, Store};
use tokio::task::JoinHandle;

/// A service that runs until it is dropped.
pub struct Service {
    /// The app whose flags it serves.
    pub app: App,
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Service {
    /// Starts a service that allows writes.
    pub async fn start() -> Self {
        Self::start_with(any_address(), |server| server.allow_writes()).await
    }

    /// Starts a service with settings.
    pub async fn start_with(address: SocketAddr, set: impl FnOnce(ThriftServer) -> ThriftServer) -> Self {
        let app = App::builder().store(Memory::new()).detached().start().await.expect("it starts");
        Self::start_on(app, address, set).await
    }

    /// Starts a service in front of an app.
    pub async fn start_on(app: App, address: SocketAddr, set: impl FnOnce(ThriftServer) -> ThriftServer) -> Self {
        let server = set(ThriftServer::bind(address).await.expect("a free port"));
        let (address, served) = (server.address(), app.clone());
        let task = tokio::spawn(async move { server.serve(&served).await.expect("it serves") });
        Self { app, address, task }
    }

    /// Starts an app that uses the flags of the service.
    pub async fn client(&self) -> App {
        self.client_with(Memory::new()).await
    }

    /// Starts an app on a store that uses the flags of the service. It does not poll by itself.
    pub async fn client_with(&self, store: impl Store) -> App {
        client(&format!("thrift://{}", self.address), store).await
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts an app with the flags of a service. It polls when it is refreshed.
pub async fn client(url: &str, store: impl Store) -> App {
    let source = ThriftSource::open(url).expect("a URL").poll_every(Duration::from_secs(3_600));
    App::builder().store(store).flag_source(source).detached().start().await.expect("it starts")
}

pub fn any_address() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}
