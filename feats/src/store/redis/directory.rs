//! Who serves what: the server itself, the master that sentinels name, or the nodes of a cluster.

use std::time::Duration;

use redis::cluster_routing::Slot;
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{ConnectionAddr, cmd};
use tokio::time::timeout;

use super::address::{Address, Login, Node, Topology};
use super::cluster::SlotMap;
use super::connect::{CONNECT, connect, driver_address, why_not};
use super::error::Failure;
use super::tls;
use crate::error::{Error, ErrorKind};

/// How long finding the right server among many may take.
pub(super) const LOCATE: Duration = Duration::from_secs(4);

/// Who serves what.
pub(super) enum Directory {
    One(Node),
    Slots(SlotMap),
}

impl Directory {
    /// Asks whoever knows. The sentinels have a login of their own.
    pub(super) async fn ask(address: &Address, sentinel_login: &Login) -> Result<Self, Failure> {
        match &address.topology {
            Topology::Single(node) => Ok(Self::One(node.clone())),
            Topology::Sentinel(sentinels, service) => {
                ask_sentinels(address, sentinel_login, sentinels, service).await.map(Self::One)
            }
            Topology::Cluster(nodes) => ask_nodes(address, nodes).await.map(Self::Slots),
        }
    }

    /// All servers that serve slots.
    pub(super) fn masters(&self) -> Vec<Node> {
        match self {
            Self::One(node) => vec![node.clone()],
            Self::Slots(map) => map.masters(),
        }
    }

    /// Who serves a slot.
    pub(super) fn master(&self, slot: Slot) -> Result<&Node, Failure> {
        match self {
            Self::One(node) => Ok(node),
            Self::Slots(map) => map.master(slot),
        }
    }
}

/// Asks one node after the other, beginning anywhere: many programs do not all ask the first.
async fn ask_nodes(address: &Address, nodes: &[Node]) -> Result<SlotMap, Failure> {
    let mut failure = Failure::Late(LOCATE);
    for node in shuffled(nodes) {
        let asked = async {
            let mut connection = connect(address, &node).await?;
            let slots = cmd("CLUSTER").arg("SLOTS").take();
            let answer = timeout(CONNECT, slots.query_async(&mut connection)).await;
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
async fn ask_sentinels(
    address: &Address,
    sentinel_login: &Login,
    sentinels: &[Node],
    service: &str,
) -> Result<Node, Failure> {
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

fn shuffled(nodes: &[Node]) -> Vec<Node> {
    let mut nodes = nodes.to_vec();
    fastrand::shuffle(&mut nodes);
    nodes
}
