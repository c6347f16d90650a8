//! The address of an agent of Consul, parsed from a URL.

use std::fmt;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, ErrorKind, Result};
use crate::tls::ClientTls;

/// The time limit of connecting to an agent.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The port of the HTTP API of an agent.
const DEFAULT_PORT: u16 = 8500;

/// The bytes that a path of a URL cannot contain as they are.
const NOT_IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The address of an agent, and how to connect to it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) host: String,
    pub(super) port: u16,
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
    /// [`ErrorKind::Invalid`]. The message does not repeat any of the URL, because a mistyped URL may contain the token anywhere.
    pub(super) fn parse(url: &str) -> Result<Self> {
        parse(url)
            .map_err(|message| Error::new(ErrorKind::Invalid, format!("this is not a valid Consul URL: {message}")))
    }

    /// Returns `host:port`.
    pub(super) fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Returns the URL of the HTTP API without a path.
    pub(super) fn origin(&self) -> String {
        format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.authority())
    }
}

/// The URL without token, base key and options.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.tls.is_some() { "consuls" } else { "consul" }, self.authority())
    }
}

/// Percent-encodes a path.
pub(super) fn percent_encode(path: &str) -> impl fmt::Display {
    utf8_percent_encode(path, NOT_IN_PATH)
}

fn parse(url: &str) -> std::result::Result<Address, &'static str> {
    let (scheme, rest) = url.split_once("://").ok_or("it does not start with consul:// or consuls://")?;
    let mut tls = match scheme {
        "consul" => None,
        "consuls" => Some(ClientTls::default()),
        _ => return Err("it does not start with consul:// or consuls://"),
    };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if rest.contains(['@', '#']) {
        return Err("in a token or base key, write %2F %3F %23 and %40 for / ? # and @");
    }
    let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
    let (token, host) = match authority.rsplit_once('@') {
        Some((token, host)) => (Some(parse_token(token)?), host),
        None => (None, authority),
    };
    let (host, port) = parse_host(host)?;
    let path = percent_decode(path.strip_prefix('/').unwrap_or(path))?;
    let base = path.strip_suffix('/').unwrap_or(&path);
    let base = (!base.is_empty()).then(|| base.to_owned());
    let datacenter = parse_options(options, &mut tls)?;
    Ok(Address { host, port, token, tls, base, datacenter })
}

fn parse_token(login: &str) -> std::result::Result<String, &'static str> {
    let token = login.strip_prefix(':').ok_or("write a token between `:` and `@`, without a user")?;
    if token.is_empty() { Err("the token is empty") } else { percent_decode(token) }
}

fn parse_host(text: &str) -> std::result::Result<(String, u16), &'static str> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or("a `[` has no `]`")?,
        None => text.find(':').map_or((text, ""), |colon| text.split_at(colon)),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().map_err(|_| "the port is not a number")?,
        None if port.is_empty() => DEFAULT_PORT,
        None => return Err("`]` must be followed by a port or nothing"),
    };
    let is_part = |c: char| c.is_alphanumeric() || "-._:".contains(c);
    if host.is_empty() || !host.chars().all(is_part) {
        return Err("the host name is missing or not valid");
    }
    Ok((host.to_owned(), port))
}

/// Parses `ca=…`, `cert=…`, `key=…` and `datacenter=…`. Sets the certificates, and returns the data center.
fn parse_options(options: &str, tls: &mut Option<ClientTls>) -> std::result::Result<Option<String>, &'static str> {
    let (mut datacenter, mut certificate, mut key) = (None, None, None);
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').ok_or("an option has no value")?;
        let value = percent_decode(value)?;
        match (name, tls.as_mut()) {
            ("datacenter", _) => datacenter = Some(value),
            ("ca", Some(tls)) => tls.ca = Some(value.into()),
            ("cert", Some(_)) => certificate = Some(value.into()),
            ("key", Some(_)) => key = Some(value.into()),
            ("ca" | "cert" | "key", None) => return Err("certificates require consuls://"),
            _ => return Err("the options are datacenter, ca, cert and key"),
        }
    }
    if let Some(tls) = tls {
        tls.identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err("cert and key require each other"),
        };
    }
    Ok(datacenter)
}

fn percent_decode(text: &str) -> std::result::Result<String, &'static str> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "a percent-encoded part is not UTF-8")?;
    if decoded.contains('\0') { Err("it contains a NUL character") } else { Ok(decoded.into_owned()) }
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

    #[test]
    fn errors_do_not_contain_the_token() {
        for (url, why) in [
            ("localhost:8500", "does not start with consul://"),
            ("http://:secret@h", "does not start with consul://"),
            (" consul://:secret@h", "does not start with consul://"),
            ("consul:/:secret@h", "does not start with consul://"),
            ("consul://secret@h", "write a token between `:` and `@`"),
            ("consul://user:secret@h", "write a token between `:` and `@`"),
            ("consul://:@h", "the token is empty"),
            ("consul://", "the host name is missing"),
            ("consul://:secret@", "the host name is missing"),
            ("consul://:secret%40h", "the port is not a number"),
            ("consul://:sec/ret@h", "write %2F"),
            ("consul://:sec?ret@h", "write %2F"),
            ("consul://h#secret", "write %2F"),
            ("consul://:%ff@h", "not UTF-8"),
            ("consul://h?token=secret", "the options are datacenter, ca, cert and key"),
            ("consul://h?secret", "an option has no value"),
            ("consul://:secret@h?ca=ca.pem", "require consuls://"),
            ("consuls://:secret@h?cert=c.pem", "require each other"),
            ("consul://:secret@[::1", "has no `]`"),
        ] {
            let error = Address::parse(url).map(|address| address.to_string()).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Invalid);
            let text = format!("{error} {error:?}");
            assert!(text.contains(why), "{url}: {text}");
            assert!(!text.contains("secret") && !text.contains("ret@"), "{text}");
        }
    }
}
