//! Connecting to a node.

use std::time::Duration;

use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, Value, cmd};
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::address::Address;
use super::error::Failure;
use super::tls;
use crate::error::{Error, ErrorKind};
use crate::url::HostPort;

/// The time limit for connecting to one server.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A multiplexed connection. Several tasks can send commands on it concurrently; it closes with its last clone.
pub(super) type Connection = redis::aio::MultiplexedConnection;

/// Connects to a node.
pub(super) async fn connect(address: &Address, node: &HostPort) -> Result<Connection, Failure> {
    let client = client(address, node).await?;
    // Callers set the time limit for each response.
    let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let connecting = async {
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        // Only a response proves that the server is Redis, and that it accepts the login.
        cmd("PING").query_async::<Value>(&mut connection).await.map(|_| connection)
    };
    match timeout(CONNECT_TIMEOUT, connecting).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(connect_failure(node, error).await),
        Err(_) => {
            Err(Failure::ConnectTimeout { node: node.clone(), encrypted: address.tls.is_some(), time: CONNECT_TIMEOUT })
        }
    }
}

/// Converts a node to the type of the driver.
pub(super) fn driver_address(node: &HostPort, encrypted: bool) -> ConnectionAddr {
    let (host, port) = (node.host.clone(), node.port);
    if encrypted {
        ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
    } else {
        ConnectionAddr::Tcp(host, port)
    }
}

/// Determines why connecting to a node failed. The driver does not distinguish a name that cannot be resolved from other network
/// errors.
pub(super) async fn connect_failure(node: &HostPort, error: redis::RedisError) -> Failure {
    match lookup_host((node.host.as_str(), node.port)).await {
        Err(unknown) if error.is_io_error() => Failure::Unresolved(node.clone(), unknown),
        _ => Failure::Connect(node.clone(), error),
    }
}

async fn client(address: &Address, node: &HostPort) -> Result<Client, Failure> {
    let Address { login, database, tls, .. } = address;
    let mut redis = RedisConnectionInfo::default().set_db(*database).set_skip_set_lib_name();
    if let Some(user) = &login.user {
        redis = redis.set_username(user);
    }
    if let Some(password) = &login.password {
        redis = redis.set_password(password);
    }
    // Messages are small and latency matters, so they are not batched.
    let tcp = TcpSettings::default().set_nodelay(true);
    let info = driver_address(node, tls.is_some()).into_connection_info()?;
    let info = info.set_redis_settings(redis).set_tcp_settings(tcp);
    let Some(tls) = tls else { return Ok(Client::open(info)?) };
    let unusable = |error| Error::new(ErrorKind::Invalid, "the certificates are not valid").with_source(error);
    Ok(Client::build_with_tls(info, tls::certificates(tls).await?).map_err(unusable)?)
}
