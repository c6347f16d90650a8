//! The address of an agent of Consul, parsed from a URL.

use std::fmt;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::Result;
use crate::tls::ClientTls;
use crate::url::{Grammar, HostPort, Parsed, Url, percent_decode};

/// The time limit of connecting to an agent.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The port of the HTTP API of an agent.
const DEFAULT_PORT: u16 = 8500;

/// The bytes that a path of a URL cannot contain as they are.
const NOT_IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

const GRAMMAR: Grammar = Grammar {
    product: "Consul",
    schemes: &["consul", "consuls"],
    options: &["datacenter", "ca", "cert", "key"],
    no_login: None,
};

/// The address of an agent, and how to connect to it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) server: HostPort,
    pub(super) token: Option<String>,
    pub(super) tls: Option<ClientTls>,
    /// The base key, if the URL has one.
    pub(super) base: Option<String>,
    pub(super) datacenter: Option<String>,
}

impl Address {
    /// Parses `consul[s]://[:token@]host[:port][/base/key][?option=value&…]`.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid). The message does not repeat any of the URL.
    pub(super) fn parse(url: &str) -> Result<Self> {
        GRAMMAR.parse(url, parse)
    }

    /// Returns the URL of the HTTP API without a path.
    pub(super) fn origin(&self) -> String {
        format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.server)
    }
}

/// The URL without token, base key and options.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.tls.is_some() { "consuls" } else { "consul" }, self.server)
    }
}

/// Percent-encodes a path.
pub(super) fn percent_encode(path: &str) -> impl fmt::Display {
    utf8_percent_encode(path, NOT_IN_PATH)
}

fn parse(mut url: Url<'_>) -> Parsed<Address> {
    let tls = url.options.tls(url.scheme == "consuls", "consuls://")?;
    let token = url.login.map(parse_token).transpose()?;
    let server = HostPort::parse(url.hosts, DEFAULT_PORT)?;
    let path = percent_decode(url.path)?;
    let base = path.strip_suffix('/').unwrap_or(&path);
    let base = (!base.is_empty()).then(|| base.to_owned());
    Ok(Address { server, token, tls, base, datacenter: url.options.take("datacenter") })
}

fn parse_token(login: &str) -> Parsed<String> {
    let token = login.strip_prefix(':').ok_or("write a token between `:` and `@`, without a user")?;
    if token.is_empty() { Err("the token is empty".into()) } else { percent_decode(token) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_parsed() {
        for (url, shown, token, base) in [
            ("consul://localhost", "consul://localhost:8500", None, None),
            ("consul://localhost:1/", "consul://localhost:1", None, None),
            ("consul://:a%40b:c@h/shop", "consul://h:8500", Some("a@b:c"), Some("shop")),
            ("consuls://[::1]:5/shop/a%20b/", "consuls://[::1]:5", None, Some("shop/a b")),
        ] {
            let address = Address::parse(url).expect(url);
            assert_eq!(address.to_string(), shown);
            assert_eq!((address.token.as_deref(), address.base.as_deref()), (token, base), "{url}");
            assert_eq!(address.tls.is_some(), url.starts_with("consuls"));
        }
        let address = Address::parse("consuls://h/?ca=%2Fca.pem&datacenter=dc2&cert=c&key=k").unwrap();
        let identity = Some(("c".into(), "k".into()));
        assert_eq!(address.tls, Some(ClientTls { ca: Some("/ca.pem".into()), identity }));
        assert_eq!(address.datacenter.as_deref(), Some("dc2"));
    }
}
