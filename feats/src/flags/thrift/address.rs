//! The address of a service, parsed from a URL.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::error::{Error, ErrorKind, Result};
use crate::tls::ClientTls;

/// The port of a service if the URL has none.
const DEFAULT_PORT: u16 = 9090;

/// The address of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    /// The certificates of an encrypted connection.
    pub(super) tls: Option<ClientTls>,
}

impl Address {
    /// Parses `thrift[s]://host[:port][?ca=…&cert=…&key=…]`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`]. The message repeats nothing of the URL.
    pub(super) fn parse(url: &str) -> Result<Self> {
        parse(url).map_err(|message| {
            Error::new(ErrorKind::Invalid, format!("this is not a valid address of a Thrift service: {message}"))
        })
    }
}

/// The URL without its options.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls.is_some() { "thrifts" } else { "thrift" };
        let Self { host, port, .. } = self;
        match host.contains(':') {
            true => write!(f, "{scheme}://[{host}]:{port}"),
            false => write!(f, "{scheme}://{host}:{port}"),
        }
    }
}

fn parse(url: &str) -> std::result::Result<Address, &'static str> {
    const SCHEMES: &str = "it does not start with thrift:// or thrifts://";
    let (scheme, rest) = url.split_once("://").ok_or(SCHEMES)?;
    let mut tls = match scheme {
        "thrift" => None,
        "thrifts" => Some(ClientTls::default()),
        _ => return Err(SCHEMES),
    };
    let (server, options) = rest.split_once('?').unwrap_or((rest, ""));
    let server = server.strip_suffix('/').unwrap_or(server);
    if server.contains('@') {
        return Err("the service has no users; client certificates are the options cert and key of thrifts://");
    }
    if server.contains(['/', '#']) {
        return Err("a path is not part of it");
    }
    let (host, port) = match server.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or("a `[` has no `]`")?,
        None => server.find(':').map_or((server, ""), |colon| server.split_at(colon)),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().map_err(|_| "the port is not a number")?,
        None if port.is_empty() => DEFAULT_PORT,
        None => return Err("`]` must be followed by a port or nothing"),
    };
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err("the host name is missing or not valid");
    }
    parse_options(options, tls.as_mut())?;
    Ok(Address { host: host.to_owned(), port, tls })
}

fn parse_options(options: &str, mut tls: Option<&mut ClientTls>) -> std::result::Result<(), &'static str> {
    let (mut certificate, mut key) = (None, None);
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').ok_or("an option has no value")?;
        let value = percent_decode_str(value).decode_utf8().map_err(|_| "a percent-encoded part is not UTF-8")?;
        let path = value.into_owned().into();
        match (name, tls.as_mut()) {
            ("ca", Some(tls)) => tls.ca = Some(path),
            ("cert", Some(_)) => certificate = Some(path),
            ("key", Some(_)) => key = Some(path),
            ("ca" | "cert" | "key", None) => return Err("certificates require thrifts://"),
            _ => return Err("the options are ca, cert and key"),
        }
    }
    if let Some(tls) = tls {
        tls.identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err("cert and key require each other"),
        };
    }
    Ok(())
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

    #[test]
    fn errors_say_what_to_do_and_repeat_nothing() {
        for (url, why) in [
            ("secret:9090", "does not start with thrift://"),
            ("http://secret", "does not start with thrift://"),
            ("thrift://ada:secret@h", "the service has no users"),
            ("thrift://h:secret", "the port is not a number"),
            ("thrift://h/secret", "a path is not part of it"),
            ("thrift://", "the host name is missing"),
            ("thrift://[::1", "a `[` has no `]`"),
            ("thrift://h?ca=secret", "certificates require thrifts://"),
            ("thrifts://h?cert=secret", "cert and key require each other"),
            ("thrifts://h?token=secret", "the options are ca, cert and key"),
            ("thrifts://h?secret", "an option has no value"),
        ] {
            let message = Address::parse(url).expect_err(url).to_string();
            assert!(message.contains(why) && !message.contains("secret"), "{url}: {message}");
        }
    }
}
