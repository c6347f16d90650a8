//! The address of a service, parsed from a URL.

use std::fmt;

use crate::error::Result;
use crate::tls::ClientTls;
use crate::url::{Grammar, HostPort, Parsed, Url};

/// The port of a service if the URL has none.
const DEFAULT_PORT: u16 = 9090;

const GRAMMAR: Grammar = Grammar {
    product: "Thrift",
    schemes: &["thrift", "thrifts"],
    options: &["ca", "cert", "key"],
    no_login: Some("the service has no users; client certificates are the options cert and key of thrifts://"),
};

/// The address of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) server: HostPort,
    /// The files of an encrypted connection.
    pub(super) tls: Option<ClientTls>,
}

impl Address {
    /// Parses `thrift[s]://host[:port][?ca=…&cert=…&key=…]`.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid). The message does not repeat any of the URL.
    pub(super) fn parse(url: &str) -> Result<Self> {
        GRAMMAR.parse(url, parse)
    }
}

/// The URL without its options.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.tls.is_some() { "thrifts" } else { "thrift" }, self.server)
    }
}

fn parse(mut url: Url<'_>) -> Parsed<Address> {
    if !url.path.is_empty() {
        return Err("a path is not part of it".into());
    }
    let tls = url.options.tls(url.scheme == "thrifts", "thrifts://")?;
    Ok(Address { server: HostPort::parse(url.hosts, DEFAULT_PORT)?, tls })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_a_port_and_certificates() {
        for (url, shown) in [
            ("thrift://flags", "thrift://flags:9090"),
            ("thrift://flags:1/", "thrift://flags:1"),
            ("thrifts://[::1]:1?ca=%2Fca.pem&cert=c&key=k", "thrifts://[::1]:1"),
        ] {
            assert_eq!(Address::parse(url).expect(url).to_string(), shown);
        }
        let tls = Address::parse("thrifts://h?ca=%2Fca.pem&cert=c&key=k").expect("a URL").tls.expect("TLS");
        assert_eq!((tls.ca, tls.identity), (Some("/ca.pem".into()), Some(("c".into(), "k".into()))));
    }
}
