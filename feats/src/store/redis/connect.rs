//! From a node's address to a connection.

use std::time::Duration;

use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo, Value, cmd};
use tokio::net::lookup_host;
use tokio::time::timeout;

use super::address::{Address, Node};
use super::error::Failure;
use super::tls;
use crate::error::{Error, ErrorKind};

/// How long connecting to one server may take.
pub(super) const CONNECT: Duration = Duration::from_secs(2);

/// One connection: what several send on it at once is kept apart, and ends with the last copy of it.
pub(super) type Connection = redis::aio::MultiplexedConnection;

/// Connects to a node.
pub(super) async fn connect(address: &Address, node: &Node) -> Result<Connection, Failure> {
    let client = client(address, node).await?;
    // The time of an answer is limited where it is waited for.
    let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    let connecting = async {
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        // Only an answer tells that it is a Redis, and that it lets this program in.
        cmd("PING").query_async::<Value>(&mut connection).await.map(|_| connection)
    };
    match timeout(CONNECT, connecting).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(why_not(node, error).await),
        Err(_) => Err(Failure::Silent { node: node.clone(), encrypted: address.tls.is_some(), time: CONNECT }),
    }
}

/// A node as the driver writes it.
pub(super) fn driver_address(node: &Node, encrypted: bool) -> ConnectionAddr {
    let (host, port) = (node.host.clone(), node.port);
    if encrypted {
        ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
    } else {
        ConnectionAddr::Tcp(host, port)
    }
}

/// Why there is no connection to a node: a name that cannot be resolved looks like any other fault of the network.
pub(super) async fn why_not(node: &Node, error: redis::RedisError) -> Failure {
    match lookup_host((node.host.as_str(), node.port)).await {
        Err(unknown) if error.is_io_error() => Failure::Unresolved(node.clone(), unknown),
        _ => Failure::Connecting(node.clone(), error),
    }
}

async fn client(address: &Address, node: &Node) -> Result<Client, Failure> {
    let Address { login, database, tls, .. } = address;
    let mut redis = RedisConnectionInfo::default().set_db(*database).set_skip_set_lib_name();
    if let Some(user) = &login.user {
        redis = redis.set_username(user);
    }
    if let Some(password) = &login.password {
        redis = redis.set_password(password);
    }
    // Small messages that are waited for: they are not to be gathered.
    let tcp = TcpSettings::default().set_nodelay(true);
    let info = driver_address(node, tls.is_some()).into_connection_info()?;
    let info = info.set_redis_settings(redis).set_tcp_settings(tcp);
    let Some(tls) = tls else { return Ok(Client::open(info)?) };
    let unusable = |error| Error::new(ErrorKind::Invalid, "the certificates cannot be used").with_source(error);
    Ok(Client::build_with_tls(info, tls::certificates(tls).await?).map_err(unusable)?)
}
