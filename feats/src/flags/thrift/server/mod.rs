//! The service in front of the flags of an app.

mod connection;
mod handler;
mod subject;

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use self::handler::Handler;
use crate::app::App;
use crate::error::{Error, ErrorKind, Result};
use crate::tls::ServerTls;

/// The maximum number of connections. Further clients wait until one is closed.
const MAX_CONNECTIONS: usize = 64;

/// Flipper's Thrift service in front of the flags of an app, for programs with flipper-client.
///
/// The service speaks Thrift's binary protocol over a buffered transport. It serves the flags of the app that are not archived, as
/// [`Item::from_state`](crate::flags::flipper::Item::from_state) exports them; flags with variants are left out. It refuses writes
/// unless it [allows](Self::allow_writes) them. A write is a change of the app like any other, with a revision; its author is the
/// subject of the client's certificate, or `thrift`.
///
/// | call | effect |
/// |---|---|
/// | `Get` | returns a flag |
/// | `List` | returns a page of flags, sorted by the bytes of their names; all without a limit |
/// | `Create` | creates a flag with its client data |
/// | `Set` | enables or disables a flag |
/// | `SetMeta` | replaces the client data, the conditions and the bucketer of a flag, as [an import](crate::flags::Flags::import) |
/// | `Delete` | destroys a flag; its history is kept |
///
/// A missing flag is a `FlipperException` with the code `NOT_FOUND`; every other failure is a `TApplicationException` with a message.
/// A request has at most 1 MiB and takes at most 10 s from its first byte. A connection without a request for 10 minutes is closed.
///
/// ```no_run
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
/// use feats::App;
/// use feats::flags::ThriftServer;
///
/// let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
/// ThriftServer::bind("127.0.0.1:9090".parse().unwrap()).await?.serve(&app).await
/// # }
/// ```
#[must_use = "a server does nothing until it serves"]
pub struct ThriftServer {
    listener: TcpListener,
    address: SocketAddr,
    allows_writes: bool,
    tls: Option<ServerTls>,
}

impl ThriftServer {
    /// Binds the server to an address. Port 0 is any free port.
    ///
    /// # Errors
    /// [`Unavailable`](ErrorKind::Unavailable): the address cannot be used.
    pub async fn bind(address: SocketAddr) -> Result<Self> {
        let failed = |error| {
            let message =
                format!("the address {address} cannot be used; choose another one, or end the program that uses it");
            Error::new(ErrorKind::Unavailable, message).with_source(error)
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, allows_writes: false, tls: None })
    }

    /// Allows writes. On an address that other machines can reach, this requires [`mutual_tls`](Self::mutual_tls).
    pub fn allow_writes(mut self) -> Self {
        self.allows_writes = true;
        self
    }

    /// Encrypts connections with this certificate and key, and accepts only clients with a certificate of this authority. All are
    /// PEM files. They are read when the server starts to serve.
    pub fn mutual_tls(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
        client_ca: impl Into<PathBuf>,
    ) -> Self {
        let (certificate, key, client_ca) = (certificate.into(), key.into(), client_ca.into());
        self.tls = Some(ServerTls { certificate, key, client_ca });
        self
    }

    /// Returns the address of the server.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until the future is dropped, which closes all connections.
    ///
    /// # Errors
    /// - [`Denied`](ErrorKind::Denied): the address is not on the loopback interface, and there is no mutual TLS.
    /// - [`Invalid`](ErrorKind::Invalid): a certificate or key cannot be used.
    /// - [`Unavailable`](ErrorKind::Unavailable): a file of them cannot be read.
    pub async fn serve(self, app: &App) -> Result<()> {
        if !self.address.ip().is_loopback() && self.tls.is_none() {
            let message = format!(
                "other machines can reach {}; serve with mutual TLS, or on a loopback address such as 127.0.0.1:{}",
                self.address,
                self.address.port()
            );
            return Err(Error::new(ErrorKind::Denied, message));
        }
        let tls = match self.tls.clone() {
            Some(files) => Some(Arc::new(files.config().await?)),
            None => None,
        };
        let service = Service { app: app.clone(), allows_writes: self.allows_writes, tls };
        let (service, sockets) = (Arc::new(service), OpenSockets::default());
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        loop {
            let permit = permits.clone().acquire_owned().await;
            let accepted = self.listener.accept().await;
            let Ok((socket, _)) = accepted else {
                // The process has too many open files, or the client has gone.
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            };
            let Ok(socket) = socket.into_std() else { continue };
            let Ok(registration) = sockets.add(&socket) else { continue };
            let service = service.clone();
            tokio::task::spawn_blocking(move || {
                let (_permit, _registration) = (permit, registration);
                service.serve(socket);
            });
        }
    }
}

/// What all connections of a server share.
struct Service {
    app: App,
    allows_writes: bool,
    tls: Option<Arc<ServerConfig>>,
}

impl Service {
    /// Serves a connection until it is closed.
    fn serve(&self, socket: TcpStream) {
        let peer = socket.peer_addr().map_or_else(|_| String::new(), |address| address.to_string());
        let served = connection::open(socket, self.tls.clone()).and_then(|channel| {
            let author = channel.client_certificate().and_then(|certificate| subject::common_name(&certificate));
            let handler = Handler::new(
                self.app.flags().author(author.unwrap_or_else(|| "thrift".to_owned())),
                self.allows_writes,
            );
            connection::serve(&channel, &handler)
        });
        match served {
            Ok(()) => tracing::debug!(peer, "a client of the Thrift service has closed its connection"),
            Err(error) => tracing::warn!(peer, %error, "a connection of the Thrift service was closed"),
        }
    }
}

/// The sockets of open connections, which are closed with the server.
#[derive(Default)]
struct OpenSockets(Arc<Mutex<Sockets>>);

#[derive(Default)]
struct Sockets {
    next: u64,
    open: BTreeMap<u64, TcpStream>,
}

/// A socket in the list, until this is dropped.
struct Registration {
    sockets: Arc<Mutex<Sockets>>,
    number: u64,
}

impl OpenSockets {
    fn add(&self, socket: &TcpStream) -> std::io::Result<Registration> {
        let socket = socket.try_clone()?;
        let mut sockets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = sockets.next;
        sockets.next += 1;
        sockets.open.insert(number, socket);
        Ok(Registration { sockets: self.0.clone(), number })
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner).open.remove(&self.number);
    }
}

impl Drop for OpenSockets {
    fn drop(&mut self) {
        for socket in self.0.lock().unwrap_or_else(PoisonError::into_inner).open.values() {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl fmt::Debug for ThriftServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, allows_writes, .. } = self;
        f.debug_struct("ThriftServer")
            .field("address", address)
            .field("allows_writes", allows_writes)
            .finish_non_exhaustive()
    }
}
