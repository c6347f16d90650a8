//! What the errors of Redis mean to whoever uses the store.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::{ErrorKind as Kind, RedisError, ServerErrorKind as Server};

use super::address::{Node, Topology};
use crate::error::{Error, ErrorKind};

/// What goes wrong between the store and a server.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server said so, or the way to it did.
    Redis(RedisError),
    /// No connection could be made to a server.
    Connecting(Node, RedisError),
    /// The host of a server has no address.
    Unresolved(Node, io::Error),
    /// A server did not answer while it was connected to.
    Silent { node: Node, encrypted: bool, time: Duration },
    /// No answer within this time.
    Late(Duration),
    /// Already in words.
    Ours(Error),
}

type Meaning = (ErrorKind, String);

impl Failure {
    /// Whether the connection cannot be relied on any more, or is one to the wrong server.
    pub(super) fn poisons(&self) -> bool {
        match self {
            Self::Redis(error) => Self::spoils_by(error),
            Self::Connecting(..) | Self::Unresolved(..) | Self::Silent { .. } | Self::Late(_) => true,
            Self::Ours(_) => false,
        }
    }

    /// The same of an error of the server, or on the way to it.
    pub(super) fn spoils_by(error: &RedisError) -> bool {
        match error.kind() {
            Kind::Server(kind) => {
                use Server::{BusyLoading, ClusterDown, MasterDown, Moved, ReadOnly};
                matches!(kind, BusyLoading | ClusterDown | MasterDown | Moved | ReadOnly)
            }
            Kind::Extension => error.code() == Some("UNBLOCKED"),
            _ => true,
        }
    }

    /// The error in words.
    pub(super) fn explain(self, topology: &Topology) -> Error {
        match self {
            Self::Ours(error) => error,
            Self::Late(time) => Error::new(ErrorKind::Timeout, format!("Redis gave no answer within {time:?}")),
            Self::Silent { node, encrypted, time } => {
                let hint = if encrypted { "; does it speak TLS, or is it redis://?" } else { "" };
                let message = format!("{node} did not answer within {time:?} while connecting{hint}");
                Error::new(ErrorKind::Timeout, message)
            }
            Self::Unresolved(node, error) => {
                let message = format!("the host {} cannot be resolved", node.host);
                Error::new(ErrorKind::Unavailable, message).with_source(error)
            }
            Self::Connecting(node, error) => {
                let (kind, message) = connecting(&node, &error).unwrap_or_else(|| meaning(&error, topology));
                Error::new(kind, message).with_source(error)
            }
            Self::Redis(error) => {
                let (kind, message) = meaning(&error, topology);
                Error::new(kind, message).with_source(error)
            }
        }
    }
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        Self::Redis(error)
    }
}

impl From<redis::ParsingError> for Failure {
    fn from(error: redis::ParsingError) -> Self {
        Self::Redis(error.into())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// What can go wrong before a server has said anything.
fn connecting(node: &Node, error: &RedisError) -> Option<Meaning> {
    use rustls::Error as Tls;
    let (kind, message) = match tls_error(error) {
        Some(Tls::InvalidCertificate(why)) => (
            ErrorKind::Invalid,
            format!("the certificate of {node} is not trusted ({why}); give its authority with `ca`"),
        ),
        Some(Tls::InvalidMessage(_)) => {
            (ErrorKind::Invalid, format!("{node} speaks no TLS; write redis:// for rediss://"))
        }
        Some(other) => (ErrorKind::Unavailable, format!("{node} and this program found no way to speak TLS ({other})")),
        None if error.is_connection_refusal() => (ErrorKind::Unavailable, format!("no Redis listens at {node}")),
        None if error.is_connection_dropped() || error.kind() == Kind::Parse => {
            let message = format!("{node} ended the connection at once; is it a Redis, and does it want rediss://?");
            (ErrorKind::Unavailable, message)
        }
        None if error.is_io_error() => (ErrorKind::Unavailable, format!("{node} cannot be reached")),
        None => return None,
    };
    Some((kind, message))
}

/// The error of the encryption, where it is one. The driver keeps what went wrong in an `Arc`, around an error of I/O.
fn tls_error(error: &RedisError) -> Option<&rustls::Error> {
    let kept: &Arc<dyn StdError + Send + Sync> = error.source()?.downcast_ref()?;
    kept.downcast_ref::<io::Error>()?.get_ref()?.downcast_ref()
}

fn meaning(error: &RedisError, topology: &Topology) -> Meaning {
    let (kind, message) = match error.kind() {
        Kind::Server(kind) => server(kind, error.detail().unwrap_or_default(), topology),
        Kind::Extension => extension(error.code().unwrap_or_default()),
        Kind::AuthenticationFailed => (ErrorKind::Invalid, "Redis refuses user or password"),
        Kind::MasterNameNotFoundBySentinel => {
            (ErrorKind::Unavailable, "the sentinels know no master of this name that is up")
        }
        Kind::InvalidClientConfig if matches!(topology, Topology::Sentinel(..)) => {
            (ErrorKind::Invalid, "what answers is no sentinel; write redis:// for a server")
        }
        Kind::UnexpectedReturnType => (ErrorKind::Corrupt, "Redis holds what feats did not write there"),
        Kind::Parse => (ErrorKind::Unavailable, "what answers does not speak the protocol of Redis"),
        _ => (ErrorKind::Unavailable, "the connection to Redis was lost"),
    };
    (kind, message.to_owned())
}

/// Errors that the driver knows by kind.
fn server(kind: Server, detail: &str, topology: &Topology) -> (ErrorKind, &'static str) {
    match kind {
        Server::ResponseError => response(detail, topology),
        Server::NoPerm => {
            (ErrorKind::Invalid, "the user may not do this; the docs of feats::store::Redis list the rights it needs")
        }
        Server::ReadOnly => match topology {
            Topology::Single(_) => {
                (ErrorKind::ReadOnly, "this server is a read-only replica; give its master, or redis+sentinel://")
            }
            _ => (ErrorKind::Unavailable, "the master has changed; trying again will find the new one"),
        },
        Server::BusyLoading => (ErrorKind::Unavailable, "Redis is still loading its data"),
        Server::ClusterDown => (ErrorKind::Unavailable, "the cluster is down: not all of its slots are served"),
        Server::MasterDown => (ErrorKind::Unavailable, "this replica has lost its master"),
        Server::TryAgain => (ErrorKind::Unavailable, "the cluster is moving the slot; trying again will find it"),
        Server::Moved | Server::Ask if matches!(topology, Topology::Cluster(_)) => {
            (ErrorKind::Unavailable, "the cluster sent this program from node to node")
        }
        Server::Moved | Server::Ask => (ErrorKind::Invalid, "this server is part of a cluster; write redis+cluster://"),
        _ => (ErrorKind::Unavailable, "Redis refused the command"),
    }
}

/// Errors that begin with `ERR`: only their words tell them apart.
fn response(detail: &str, topology: &Topology) -> (ErrorKind, &'static str) {
    let detail = detail.to_ascii_lowercase();
    let says = |words: &str| detail.contains(words);
    if says("unknown command") && says("cluster") || says("cluster support disabled") {
        return (ErrorKind::Invalid, "this server is not part of a cluster; write redis://");
    }
    if says("unknown command") || says("unknown redis command") {
        return (ErrorKind::Unsupported, "this server lacks a command that feats needs; Redis 5 or newer has them all");
    }
    if says("permissions") || says("may not be run") || says("acl failure") {
        return server(Server::NoPerm, "", topology);
    }
    if says("used memory") || says("maxmemory") {
        return extension("OOM");
    }
    if says("read only replica") {
        return server(Server::ReadOnly, "", topology);
    }
    if says("wrong kind of value") {
        return extension("WRONGTYPE");
    }
    if says("db index") {
        return (ErrorKind::Invalid, "the server has no database of this number");
    }
    if says("without any password configured") || says("invalid password") {
        return (ErrorKind::Invalid, "Redis refuses user or password");
    }
    if says("unauthenticated") {
        return extension("NOAUTH");
    }
    if says("max number of clients") {
        return (ErrorKind::Unavailable, "Redis has too many connections; raise maxclients");
    }
    if says("equal or smaller") {
        return (ErrorKind::Corrupt, "the history goes on beyond the newest revision; restore the keys from a copy");
    }
    (ErrorKind::Unavailable, "Redis refused the command")
}

/// Errors that the driver has no kind for, by their first word.
fn extension(code: &str) -> (ErrorKind, &'static str) {
    match code {
        "OOM" => {
            (ErrorKind::Unavailable, "Redis is out of memory and nothing was written; raise maxmemory, never evict")
        }
        "WRONGTYPE" => {
            (ErrorKind::Corrupt, "a key of feats is of another type; did another program write below the prefix?")
        }
        "NOAUTH" => (ErrorKind::Invalid, "Redis wants a user or password"),
        "WRONGPASS" => (ErrorKind::Invalid, "Redis refuses user or password"),
        "NOREPLICAS" => (ErrorKind::Unavailable, "Redis has fewer replicas than it needs to accept writes"),
        "MISCONF" => (ErrorKind::Unavailable, "Redis cannot save to its disk and so accepts no writes"),
        "UNBLOCKED" => (ErrorKind::Unavailable, "the master has changed; trying again will find the new one"),
        "BUSY" => (ErrorKind::Unavailable, "Redis is busy with a script of another program"),
        _ => (ErrorKind::Unavailable, "Redis refused the command"),
    }
}
