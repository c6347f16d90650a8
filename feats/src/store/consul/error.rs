//! Errors of Consul as errors of feats.

use std::error::Error as StdError;
use std::io;

use super::address::{Address, CONNECT_TIMEOUT};
use crate::cause::find_cause;
use crate::error::{Error, ErrorKind};
use crate::tls;

const NO_PERMISSION: &str = "the token lacks a permission; the docs of feats::store::Consul list the required policy";

/// Classifies a failure to send a request or to receive its response.
pub(super) fn classify(error: reqwest::Error, address: &Address) -> Error {
    let host = &address.server;
    let (kind, message) = match tls::handshake_error(&error) {
        Some(error) => tls::classify(error, host, "write consul:// instead of consuls://"),
        None if error.is_connect() && error.is_timeout() => {
            (ErrorKind::Timeout, format!("{host} did not respond within {CONNECT_TIMEOUT:?} while connecting"))
        }
        None if error.is_connect() => match find_cause::<io::Error>(&error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => {
                (ErrorKind::Unavailable, format!("{host} refused the connection; check that Consul runs there"))
            }
            _ if is_unresolved(&error) => {
                (ErrorKind::Unavailable, format!("the host {} cannot be resolved", host.host))
            }
            _ => (ErrorKind::Unavailable, format!("{host} cannot be reached")),
        },
        None => (ErrorKind::Unavailable, "the connection to Consul was lost".to_owned()),
    };
    // The URL is the name of a key, which the messages do not need.
    Error::new(kind, message).with_source(error.without_url())
}

/// Classifies a response that is not a success. `detail` is its text.
pub(super) fn classify_status(status: u16, detail: &str, host: &str) -> Error {
    let has = |words: &str| detail.contains(words);
    let (kind, message) = match status {
        401 | 403 if has("ACL not found") => (ErrorKind::Invalid, "Consul does not know the token".to_owned()),
        401 | 403 => return permission_denied(),
        400 if has("HTTPS server") => {
            (ErrorKind::Invalid, format!("{host} requires TLS; write consuls:// instead of consul://"))
        }
        413 => (ErrorKind::TooLarge, "Consul rejected the request as too large, and nothing was written".to_owned()),
        429 => (ErrorKind::Unavailable, "Consul limits the rate of requests".to_owned()),
        500.. if has("No cluster leader") => {
            (ErrorKind::Unavailable, "Consul has no leader; most of its servers must run".to_owned())
        }
        500.. if has("ACL not found") => (ErrorKind::Invalid, "Consul does not know the token".to_owned()),
        500.. if has("Permission denied") => return permission_denied(),
        500.. if has("No path to datacenter") => {
            (ErrorKind::Unavailable, "the agent knows no servers in this data center; check `datacenter`".to_owned())
        }
        500.. => (ErrorKind::Unavailable, format!("Consul failed with the status {status}")),
        _ => (ErrorKind::Unavailable, format!("Consul rejected the request with the status {status}")),
    };
    Error::new(kind, message)
}

/// Returns the error of a token without a permission.
pub(super) fn permission_denied() -> Error {
    Error::new(ErrorKind::Invalid, NO_PERMISSION)
}

/// Returns the error of a server that does not answer as Consul does.
pub(super) fn not_consul(host: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("{host} does not answer like Consul; check the address"))
}

/// Returns `true` if the name of a host was not found. The resolver's error has no type of its own.
fn is_unresolved(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.to_string().contains("dns error") {
            return true;
        }
        next = error.source();
    }
    false
}
