//! Errors of Redis as errors of feats.

use std::io;
use std::time::Duration;

use redis::{ErrorKind as Kind, RedisError, ServerErrorKind as Server};

use super::address::Topology;
use crate::error::{Error, ErrorKind};
use crate::tls;
use crate::url::HostPort;

/// A failure of an operation on a server.
#[derive(Debug)]
pub(super) enum Failure {
    /// An error of a server or of the driver.
    Redis(RedisError),
    /// Connecting to a server failed.
    Connect(HostPort, RedisError),
    /// The host of a server cannot be resolved.
    Unresolved(HostPort, io::Error),
    /// A server did not respond while connecting.
    ConnectTimeout { node: HostPort, encrypted: bool, time: Duration },
    /// No response within this time.
    Timeout(Duration),
    /// An error of feats.
    Described(Error),
}

type Classified = (ErrorKind, String);

impl Failure {
    /// Returns `true` if the connection must not be used again: it is broken, or leads to the wrong server.
    pub(super) fn poisons(&self) -> bool {
        match self {
            Self::Redis(error) => Self::error_poisons(error),
            Self::Connect(..) | Self::Unresolved(..) | Self::ConnectTimeout { .. } | Self::Timeout(_) => true,
            Self::Described(_) => false,
        }
    }

    /// Like [`poisons`](Self::poisons), for an error of a server or of the driver.
    pub(super) fn error_poisons(error: &RedisError) -> bool {
        match error.kind() {
            Kind::Server(kind) => {
                use Server::{BusyLoading, ClusterDown, MasterDown, Moved, ReadOnly};
                matches!(kind, BusyLoading | ClusterDown | MasterDown | Moved | ReadOnly)
            }
            Kind::Extension => error.code() == Some("UNBLOCKED"),
            _ => true,
        }
    }

    /// Turns the failure into an error.
    pub(super) fn explain(self, topology: &Topology) -> Error {
        match self {
            Self::Described(error) => error,
            Self::Timeout(time) => Error::new(ErrorKind::Timeout, format!("Redis did not respond within {time:?}")),
            Self::ConnectTimeout { node, encrypted, time } => {
                let hint = if encrypted { "; if it does not use TLS, write redis:// instead of rediss://" } else { "" };
                let message = format!("{node} did not respond within {time:?} while connecting{hint}");
                Error::new(ErrorKind::Timeout, message)
            }
            Self::Unresolved(node, error) => {
                let message = format!("the host {} cannot be resolved", node.host);
                Error::new(ErrorKind::Unavailable, message).with_source(error)
            }
            Self::Connect(node, error) => {
                let (kind, message) = classify_connect(&node, &error).unwrap_or_else(|| classify(&error, topology));
                Error::new(kind, message).with_source(error)
            }
            Self::Redis(error) => {
                let (kind, message) = classify(&error, topology);
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
        Self::Described(error)
    }
}

/// Classifies an error that occurs while connecting. Returns `None` for an error that can occur later too.
fn classify_connect(node: &HostPort, error: &RedisError) -> Option<Classified> {
    let (kind, message) = match tls::handshake_error(error) {
        Some(error) => tls::classify(error, node, "write redis:// instead of rediss://"),
        None if error.is_connection_refusal() => {
            (ErrorKind::Unavailable, format!("{node} refused the connection; check that Redis runs there"))
        }
        None if error.is_connection_dropped() || error.kind() == Kind::Parse => {
            let message =
                format!("{node} closed the connection; check that it is Redis, and whether it requires rediss://");
            (ErrorKind::Unavailable, message)
        }
        None if error.is_io_error() => (ErrorKind::Unavailable, format!("{node} cannot be reached")),
        None => return None,
    };
    Some((kind, message))
}

fn classify(error: &RedisError, topology: &Topology) -> Classified {
    let (kind, message) = match error.kind() {
        Kind::Server(kind) => classify_server(kind, error.detail().unwrap_or_default(), topology),
        Kind::Extension => classify_code(error.code().unwrap_or_default()),
        Kind::AuthenticationFailed => (ErrorKind::Invalid, "Redis rejected the user or password"),
        Kind::MasterNameNotFoundBySentinel => {
            (ErrorKind::Unavailable, "the sentinels do not know a running master with this service name")
        }
        Kind::InvalidClientConfig if matches!(topology, Topology::Sentinel(..)) => {
            (ErrorKind::Invalid, "the server is not a sentinel; for one server, write redis://")
        }
        Kind::UnexpectedReturnType => (ErrorKind::Corrupt, "a key has a value that feats did not write"),
        Kind::Parse => (ErrorKind::Unavailable, "the server does not speak the Redis protocol"),
        _ => (ErrorKind::Unavailable, "the connection to Redis was lost"),
    };
    (kind, message.to_owned())
}

/// Classifies errors for which the driver has a kind.
fn classify_server(kind: Server, detail: &str, topology: &Topology) -> (ErrorKind, &'static str) {
    match kind {
        Server::ResponseError => classify_response(detail, topology),
        Server::NoPerm => {
            (ErrorKind::Invalid, "the user lacks a permission; the docs of feats::store::Redis list the required ones")
        }
        Server::ReadOnly => match topology {
            Topology::Single(_) => (
                ErrorKind::ReadOnly,
                "this server is a read-only replica; use the URL of its master, or redis+sentinel://",
            ),
            _ => (ErrorKind::Unavailable, "the master has changed; a retry will use the new one"),
        },
        Server::BusyLoading => (ErrorKind::Unavailable, "Redis is still loading its data"),
        Server::ClusterDown => (ErrorKind::Unavailable, "the cluster is down: not all of its slots are served"),
        Server::MasterDown => (ErrorKind::Unavailable, "this replica has lost its master"),
        Server::TryAgain => (ErrorKind::Unavailable, "the cluster is moving the slot; a retry will find it"),
        Server::Moved | Server::Ask if matches!(topology, Topology::Cluster(_)) => {
            (ErrorKind::Unavailable, "the cluster redirected the command too many times")
        }
        Server::Moved | Server::Ask => (ErrorKind::Invalid, "this server is part of a cluster; write redis+cluster://"),
        _ => (ErrorKind::Unavailable, "Redis rejected the command"),
    }
}

/// Classifies errors with the code `ERR`, which differ only in their text.
fn classify_response(detail: &str, topology: &Topology) -> (ErrorKind, &'static str) {
    let detail = detail.to_ascii_lowercase();
    let has = |words: &str| detail.contains(words);
    if has("unknown command") && has("cluster") || has("cluster support disabled") {
        return (ErrorKind::Invalid, "this server is not part of a cluster; write redis://");
    }
    if has("unknown command") || has("unknown redis command") {
        return (ErrorKind::Unsupported, "this server lacks a command that feats needs; use Redis 5 or newer");
    }
    if has("permissions") || has("may not be run") || has("acl failure") {
        return classify_server(Server::NoPerm, "", topology);
    }
    if has("used memory") || has("maxmemory") {
        return classify_code("OOM");
    }
    if has("read only replica") {
        return classify_server(Server::ReadOnly, "", topology);
    }
    if has("wrong kind of value") {
        return classify_code("WRONGTYPE");
    }
    if has("db index") {
        return (ErrorKind::Invalid, "the server has no database with this number");
    }
    if has("without any password configured") || has("invalid password") {
        return (ErrorKind::Invalid, "Redis rejected the user or password");
    }
    if has("unauthenticated") {
        return classify_code("NOAUTH");
    }
    if has("max number of clients") {
        return (ErrorKind::Unavailable, "Redis has too many connections; raise maxclients");
    }
    if has("equal or smaller") {
        return (ErrorKind::Corrupt, "the history is ahead of the newest revision; restore the keys from a backup");
    }
    (ErrorKind::Unavailable, "Redis rejected the command")
}

/// Classifies errors for which the driver has no kind, by their code.
fn classify_code(code: &str) -> (ErrorKind, &'static str) {
    match code {
        "OOM" => (
            ErrorKind::Unavailable,
            "Redis is out of memory, and nothing was written; raise maxmemory, and keep noeviction",
        ),
        "WRONGTYPE" => {
            (ErrorKind::Corrupt, "a key of feats has another type; check for another program that uses the same prefix")
        }
        "NOAUTH" => (ErrorKind::Invalid, "Redis requires a user or password"),
        "WRONGPASS" => (ErrorKind::Invalid, "Redis rejected the user or password"),
        "NOREPLICAS" => (ErrorKind::Unavailable, "Redis has fewer replicas than it requires for writes"),
        "MISCONF" => (ErrorKind::Unavailable, "Redis rejects writes because it cannot save to its disk"),
        "UNBLOCKED" => (ErrorKind::Unavailable, "the master has changed; a retry will use the new one"),
        "BUSY" => (ErrorKind::Unavailable, "Redis is busy with a script of another program"),
        _ => (ErrorKind::Unavailable, "Redis rejected the command"),
    }
}
