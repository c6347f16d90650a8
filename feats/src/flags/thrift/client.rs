//! Clients of the service: a connection for each group of calls, since some servers serve one connection at a time.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::address::Address;
use super::channel::{Channel, Connection, Input, Output};
use super::error::{explain_call, explain_connect};
use super::service::{FeatureFlagStoreItem, FeatureFlagStoreSyncClient, TFeatureFlagStoreSyncClient};
use crate::error::{Error, ErrorKind, Result};

/// The time limit for connecting, with the TLS handshake.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The time limit for the answers of all pages of a list.
const LIST_TIMEOUT: Duration = Duration::from_secs(10);

/// The time limit for all calls of a write. It is less than that of publishing.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// The number of flags of a page.
const PAGE: usize = 1_000;

/// The maximum number of flags that a service may have.
pub(super) const MAX_FLAGS: usize = 50_000;

/// The maximum size of the answers of all calls of a connection, in bytes.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The generated client on a channel.
pub(super) type Calls = FeatureFlagStoreSyncClient<Input, Output>;

/// Lists all flags, in pages. A flag that is created or deleted meanwhile may be on two pages, or missing until the next call.
///
/// # Errors
/// The service cannot be reached, does not answer in time, or has more flags than a source may have.
pub(super) fn list(address: &Address) -> Result<Vec<FeatureFlagStoreItem>> {
    let mut calls = connect(address, LIST_TIMEOUT)?;
    let mut items: Vec<FeatureFlagStoreItem> = Vec::new();
    loop {
        #[allow(clippy::cast_possible_wrap, reason = "both are far below the range")]
        let (limit, offset) = (PAGE as i64, items.len() as i64);
        let page = calls.list(limit, offset).map_err(|error| explain_call(address, error))?;
        let is_last = page.len() < PAGE;
        items.extend(page);
        if items.len() > MAX_FLAGS {
            let message = format!("the service has more than {MAX_FLAGS} flags");
            return Err(Error::new(ErrorKind::TooLarge, message).with_store(address.to_string()));
        }
        if is_last {
            return Ok(items);
        }
    }
}

/// Connects for the calls of a write.
///
/// # Errors
/// The service cannot be reached.
pub(super) fn connect_to_write(address: &Address) -> Result<Calls> {
    connect(address, WRITE_TIMEOUT)
}

fn connect(address: &Address, time: Duration) -> Result<Calls> {
    let connection = open(address)?;
    let channel = Channel::new(connection, MAX_BYTES, time);
    let (input, output) = channel.protocols(MAX_BYTES, true).map_err(|error| explain_call(address, error))?;
    Ok(FeatureFlagStoreSyncClient::new(input, output))
}

fn open(address: &Address) -> Result<Connection> {
    let failed = |error| explain_connect(address, error);
    let config = address.tls.as_ref().map(|tls| tls.config()).transpose()?;
    let socket = connect_socket(address)?;
    let limited = socket
        .set_nodelay(true)
        .and_then(|()| socket.set_read_timeout(Some(CONNECT_TIMEOUT)))
        .and_then(|()| socket.set_write_timeout(Some(CONNECT_TIMEOUT)));
    limited.map_err(failed)?;
    let Some(config) = config else { return Ok(Connection::Plain(socket)) };
    let invalid = || Error::new(ErrorKind::Invalid, "the host name is not one that a certificate can have");
    let name = ServerName::try_from(address.server.host.clone()).map_err(|_| invalid())?;
    let client = ClientConnection::new(Arc::new(config), name).map_err(|error| failed(io::Error::other(error)))?;
    let mut stream = StreamOwned::new(client, socket);
    stream.conn.complete_io(&mut stream.sock).map_err(failed)?;
    Ok(Connection::Client(Box::new(stream)))
}

/// Connects to the first of the host's addresses that answers.
fn connect_socket(address: &Address) -> Result<TcpStream> {
    let unresolved = |error| {
        let message = format!("the host {} cannot be resolved", address.server.host);
        Error::new(ErrorKind::Unavailable, message).with_source(error).with_store(address.to_string())
    };
    let found = (address.server.host.as_str(), address.server.port).to_socket_addrs().map_err(unresolved)?;
    let mut failure = io::Error::from(io::ErrorKind::NotFound);
    for found in found {
        match TcpStream::connect_timeout(&found, CONNECT_TIMEOUT) {
            Ok(socket) => return Ok(socket),
            Err(error) => failure = error,
        }
    }
    Err(explain_connect(address, failure))
}
