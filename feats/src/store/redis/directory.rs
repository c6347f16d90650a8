//! The directory of nodes: the one server, the master that the sentinels report, or the masters of a cluster by slot.

use std::time::Duration;

use redis::cluster_routing::Slot;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{ConnectionAddr, cmd};
use tokio::time::timeout;

use super::address::{Address, Topology};
use super::cluster::SlotMap;
use super::connect::{CONNECT_TIMEOUT, connect, connect_failure, driver_address};
use super::error::Failure;
use super::tls;
use crate::error::{Error, ErrorKind};
use crate::url::{HostPort, Login};

/// The time limit for finding the right node.
pub(super) const LOCATE_TIMEOUT: Duration = Duration::from_secs(4);

/// The nodes that serve the slots.
pub(super) enum Directory {
    One(HostPort),
    Slots(SlotMap),
}

impl Directory {
    /// Fetches the directory from the sentinels or from a node of the cluster. The sentinels have a separate login.
    pub(super) async fn fetch(address: &Address, sentinel_login: &Login) -> Result<Self, Failure> {
        match &address.topology {
            Topology::Single(node) => Ok(Self::One(node.clone())),
            Topology::Sentinel(sentinels, service) => {
                find_master(address, sentinel_login, sentinels, service).await.map(Self::One)
            }
            Topology::Cluster(nodes) => fetch_slots(address, nodes).await.map(Self::Slots),
        }
    }

    /// Returns all masters.
    pub(super) fn masters(&self) -> Vec<HostPort> {
        match self {
            Self::One(node) => vec![node.clone()],
            Self::Slots(map) => map.masters(),
        }
    }

    /// Returns the master of a slot.
    ///
    /// # Errors
    /// No node serves the slot.
    pub(super) fn master(&self, slot: Slot) -> Result<&HostPort, Failure> {
        match self {
            Self::One(node) => Ok(node),
            Self::Slots(map) => map.master(slot),
        }
    }
}

/// Fetches the slots from the first node that responds. The order is random to spread the load of many programs.
async fn fetch_slots(address: &Address, nodes: &[HostPort]) -> Result<SlotMap, Failure> {
    let mut failure = Failure::Timeout(LOCATE_TIMEOUT);
    for node in shuffled(nodes) {
        let asked = async {
            let mut connection = connect(address, &node).await?;
            let slots = cmd("CLUSTER").arg("SLOTS").take();
            let answer = timeout(CONNECT_TIMEOUT, slots.query_async(&mut connection)).await;
            SlotMap::parse(&node, answer.map_err(|_| Failure::Timeout(CONNECT_TIMEOUT))??)
        };
        match asked.await {
            Ok(map) => return Ok(map),
            Err(other) => failure = other,
        }
    }
    Err(failure)
}

/// Asks the sentinels for the master, and checks that it has this role.
async fn find_master(
    address: &Address,
    sentinel_login: &Login,
    sentinels: &[HostPort],
    service: &str,
) -> Result<HostPort, Failure> {
    let Address { login, tls, .. } = address;
    let sentinels = shuffled(sentinels);
    let addresses = sentinels.iter().map(|node| driver_address(node, tls.is_some()));
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
    if let Some(user) = &sentinel_login.user {
        builder = builder.set_client_to_sentinel_username(user);
    }
    if let Some(password) = &sentinel_login.password {
        builder = builder.set_client_to_sentinel_password(password);
    }
    let found = builder.build()?.async_get_client().await;
    match found {
        Ok(client) => match client.get_connection_info().addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => {
                Ok(HostPort { host: host.clone(), port: *port })
            }
            _ => Err(Error::new(ErrorKind::Unavailable, "the sentinels reported no host").into()),
        },
        Err(error) => Err(match sentinels.into_iter().next() {
            Some(node) if error.is_io_error() => connect_failure(&node, error).await,
            _ => error.into(),
        }),
    }
}

fn shuffled(nodes: &[HostPort]) -> Vec<HostPort> {
    let mut nodes = nodes.to_vec();
    fastrand::shuffle(&mut nodes);
    nodes
}
