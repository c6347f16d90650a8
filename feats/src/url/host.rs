//! A host and a port.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use super::encoding::percent_decode;
use super::parsed::Parsed;

/// The maximum size of the name of a host, as in DNS.
const MAX_HOST_BYTES: usize = 253;

/// A host name or an IP address, and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPort {
    pub host: String,
    pub port: u16,
}

impl HostPort {
    /// Parses `host[:port]`. An IPv6 address is written in brackets.
    ///
    /// # Errors
    /// The reason why the host or the port is not valid.
    pub fn parse(text: &str, default_port: u16) -> Parsed<Self> {
        let is_ipv6 = |text: &str| text.parse::<Ipv6Addr>().is_ok();
        if is_ipv6(text) {
            return Err("an IPv6 address is written in brackets: [::1]".into());
        }
        if let Some(rest) = text.strip_prefix('[') {
            let (host, port) = rest.split_once(']').ok_or("a `[` has no `]`")?;
            if !is_ipv6(host) {
                return Err("the text in brackets is not an IPv6 address".into());
            }
            return Ok(Self { host: host.to_owned(), port: parse_port(port, default_port)? });
        }
        let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
        let port = parse_port(port, default_port)?;
        let host = percent_decode(host)?;
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
        if host.is_empty() || host.len() > MAX_HOST_BYTES || !host.chars().all(is_part) {
            return Err("the host name is missing or not valid".into());
        }
        Ok(Self { host, port })
    }

    /// Parses the percent-encoded path of a Unix socket in place of a host, if `text` is one, else a host.
    ///
    /// # Errors
    /// The reason why the path, the host or the port is not valid.
    pub fn parse_or_socket(text: &str, default_port: u16) -> Parsed<Self> {
        let (path, port) = text.split_at(text.find(':').unwrap_or(text.len()));
        if !path.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%2f")) {
            return Self::parse(text, default_port);
        }
        let path = percent_decode(path)?;
        let is_invalid = |c: char| c.is_whitespace() || c.is_control() || "@,\\".contains(c);
        if path.contains(is_invalid) {
            return Err("the path of the socket is not valid".into());
        }
        Ok(Self { host: path, port: parse_port(port, default_port)? })
    }

    /// Returns `true` if the host is the path of a Unix socket.
    pub fn is_socket(&self) -> bool {
        self.host.starts_with('/')
    }

    /// Returns `true` if the server can only be on this machine.
    pub fn is_local(&self) -> bool {
        let is_loopback = || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        self.is_socket() || self.host == "localhost" || is_loopback()
    }
}

/// `host:port`, with brackets around an IPv6 address; a socket is its path.
impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        match host.parse() {
            _ if host.starts_with('/') => f.write_str(host),
            Ok(IpAddr::V6(address)) => write!(f, "[{address}]:{port}"),
            _ => write!(f, "{host}:{port}"),
        }
    }
}

/// Parses nothing, or `:` and a number.
fn parse_port(text: &str, default: u16) -> Parsed<u16> {
    if text.is_empty() {
        return Ok(default);
    }
    let digits = text.strip_prefix(':').ok_or("`]` must be followed by a port or nothing")?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let port = digits.parse().ok().filter(|port| is_number && *port > 0);
    port.ok_or_else(|| "the port is not a number from 1 to 65535".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_a_port_or_the_default() {
        for (text, shown) in [
            ("h", "h:7"),
            ("h:1", "h:1"),
            ("my_host-1.example:65535", "my_host-1.example:65535"),
            ("127.0.0.1", "127.0.0.1:7"),
            ("[::1]", "[::1]:7"),
            ("[2001:db8::1]:5", "[2001:db8::1]:5"),
            ("b%C3%BCcher.example", "bücher.example:7"),
        ] {
            assert_eq!(HostPort::parse(text, 7).expect(text).to_string(), shown);
        }
    }

    #[test]
    fn an_invalid_host_or_port_is_refused() {
        let long = "h".repeat(MAX_HOST_BYTES + 1);
        for (text, why) in [
            ("", "the host name is missing"),
            (":5", "the host name is missing"),
            ("a b", "the host name is missing"),
            ("a,b", "the host name is missing"),
            ("a%2Fb", "the host name is missing"),
            ("a%3A5", "the host name is missing"),
            (&long, "the host name is missing"),
            ("h:", "the port is not a number from 1 to 65535"),
            ("h:0", "the port is not a number from 1 to 65535"),
            ("h:65536", "the port is not a number from 1 to 65535"),
            ("h:+5", "the port is not a number from 1 to 65535"),
            ("h:5:6", "the port is not a number from 1 to 65535"),
            ("::1", "written in brackets"),
            ("[::1", "has no `]`"),
            ("[::1]5", "followed by a port"),
            ("[h]", "not an IPv6 address"),
            ("[]", "not an IPv6 address"),
            ("[fe80::1%25eth0]", "not an IPv6 address"),
        ] {
            let message = HostPort::parse(text, 7).expect_err(text);
            assert!(message.contains(why), "{text}: {message}");
        }
    }

    #[test]
    fn a_socket_is_a_local_server() {
        for (text, shown, is_local) in [
            ("%2Frun%2Fdb.sock", "/run/db.sock", true),
            ("%2frun", "/run", true),
            ("localhost", "localhost:7", true),
            ("127.0.0.2", "127.0.0.2:7", true),
            ("[::1]", "[::1]:7", true),
            ("[::2]", "[::2]:7", false),
            ("localhost.example", "localhost.example:7", false),
        ] {
            let server = HostPort::parse_or_socket(text, 7).expect(text);
            assert_eq!((server.to_string().as_str(), server.is_local()), (shown, is_local));
        }
        assert_eq!(HostPort::parse_or_socket("%2Frun:5", 7).map(|server| server.port), Ok(5));
        assert!(HostPort::parse_or_socket("%2Frun%0A", 7).is_err());
    }
}
