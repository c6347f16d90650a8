//! The address of a Redis and the login, parsed from a URL.

use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::error::{Error, ErrorKind, Result};
use crate::tls::ClientTls;

/// The address of a Redis, and how to connect to it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) topology: Topology,
    pub(super) login: Login,
    pub(super) database: i64,
    pub(super) tls: Option<ClientTls>,
    /// The prefix, if the URL has one.
    pub(super) prefix: Option<String>,
}

/// The topology of the servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Topology {
    Single(Node),
    /// The sentinels, and the service name of the master.
    Sentinel(Vec<Node>, String),
    /// Some of the nodes, which know the others.
    Cluster(Vec<Node>),
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) host: String,
    pub(super) port: u16,
}

/// A user and a password, both optional.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
}

impl Address {
    /// Parses `redis[s][+sentinel|+cluster]://[user]:password@]host[:port],…[/service][/database][?option=value&…]`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`]. The message does not repeat any of the URL, because a mistyped URL may contain the password
    /// anywhere.
    pub(super) fn parse(url: &str) -> Result<Self> {
        parse(url)
            .map_err(|message| Error::new(ErrorKind::Invalid, format!("this is not a valid Redis URL: {message}")))
    }

    fn scheme(&self) -> String {
        let encrypted = if self.tls.is_some() { "rediss" } else { "redis" };
        let kind = match self.topology {
            Topology::Single(_) => "",
            Topology::Sentinel(..) => "+sentinel",
            Topology::Cluster(_) => "+cluster",
        };
        format!("{encrypted}{kind}")
    }
}

impl Topology {
    fn nodes(&self) -> &[Node] {
        match self {
            Self::Single(node) => std::slice::from_ref(node),
            Self::Sentinel(nodes, _) | Self::Cluster(nodes) => nodes,
        }
    }
}

/// The URL without user, password and options.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes: Vec<String> = self.topology.nodes().iter().map(ToString::to_string).collect();
        write!(f, "{}://{}", self.scheme(), nodes.join(","))?;
        if let Topology::Sentinel(_, service) = &self.topology {
            write!(f, "/{service}")?;
        }
        if self.database == 0 { Ok(()) } else { write!(f, "/{}", self.database) }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl Node {
    /// Parses `host:port` as the nodes of a cluster report it: an IPv6 address has no brackets. A node that does not know its own
    /// host omits it; then it is the host of the node that was asked.
    pub(super) fn from_reported(asked: &Self, text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let host = if host.is_empty() || host == "?" { &asked.host } else { host };
        Some(Self { host: host.to_owned(), port: port.parse().ok()? })
    }
}

fn parse(url: &str) -> std::result::Result<Address, &'static str> {
    let (scheme, rest) = url.split_once("://").ok_or("it does not start with redis:// or a related scheme")?;
    let (scheme, kind) = scheme.split_once('+').unwrap_or((scheme, ""));
    let mut tls = match scheme {
        "redis" => None,
        "rediss" => Some(ClientTls::default()),
        _ => return Err("it does not start with redis://, rediss://, redis+sentinel:// or redis+cluster://"),
    };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if rest.contains(['@', '#']) {
        return Err("in a password, write %2F %3F %23 and %40 for / ? # and @");
    }
    let (path, options) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix('/').unwrap_or(path);
    let (login, hosts) = match authority.rsplit_once('@') {
        Some((login, hosts)) => (parse_login(login)?, hosts),
        None => (Login::default(), authority),
    };
    let (service, database) = match (kind, path.split_once('/')) {
        ("sentinel", Some((service, database))) => (service, database),
        ("sentinel", None) => (path, ""),
        _ => ("", path),
    };
    let database = match database.strip_suffix('/').unwrap_or(database) {
        "" => 0,
        number => number.parse().ok().filter(|number| *number >= 0).ok_or("the database is not a number")?,
    };
    let topology = match kind {
        "" if hosts.contains(',') => return Err("several servers require redis+sentinel:// or redis+cluster://"),
        "" => Topology::Single(parse_node(hosts, 6379)?),
        "sentinel" if service.is_empty() => return Err("the name of the service is missing: ://host,host/service"),
        "sentinel" => Topology::Sentinel(parse_nodes(hosts, 26379)?, percent_decode(service)?),
        "cluster" if database != 0 => return Err("a cluster has only database 0"),
        "cluster" => Topology::Cluster(parse_nodes(hosts, 6379)?),
        _ => return Err("`+` must be followed by sentinel or cluster"),
    };
    let prefix = parse_options(options, &mut tls)?;
    Ok(Address { topology, login, database, tls, prefix })
}

fn parse_login(login: &str) -> std::result::Result<Login, &'static str> {
    let (user, password) = login.split_once(':').ok_or("it has a user without a password; write user:password@")?;
    if password.is_empty() {
        return Err("the password is empty");
    }
    let user = if user.is_empty() { None } else { Some(percent_decode(user)?) };
    Ok(Login { user, password: Some(percent_decode(password)?) })
}

fn parse_nodes(hosts: &str, port: u16) -> std::result::Result<Vec<Node>, &'static str> {
    hosts.split(',').map(|host| parse_node(host, port)).collect()
}

fn parse_node(text: &str, default: u16) -> std::result::Result<Node, &'static str> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or("a `[` has no `]`")?,
        None => text.find(':').map_or((text, ""), |colon| text.split_at(colon)),
    };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().map_err(|_| "a port is not a number")?,
        None if port.is_empty() => default,
        None => return Err("`]` must be followed by a port or nothing"),
    };
    let host = percent_decode(host)?;
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control() || "/@\\".contains(c)) {
        return Err("the host name is missing or not valid");
    }
    Ok(Node { host, port })
}

/// Parses `prefix=…`, `ca=…`, `cert=…` and `key=…`. Sets the certificates, and returns the prefix.
fn parse_options(options: &str, tls: &mut Option<ClientTls>) -> std::result::Result<Option<String>, &'static str> {
    let (mut prefix, mut certificate, mut key) = (None, None, None);
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').ok_or("an option has no value")?;
        let value = percent_decode(value)?;
        match (name, tls.as_mut()) {
            ("prefix", _) => prefix = Some(value),
            ("ca", Some(tls)) => tls.ca = Some(value.into()),
            ("cert", Some(_)) => certificate = Some(value.into()),
            ("key", Some(_)) => key = Some(value.into()),
            ("ca" | "cert" | "key", None) => return Err("certificates require rediss://"),
            _ => return Err("the options are prefix, ca, cert and key"),
        }
    }
    if let Some(tls) = tls {
        tls.identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err("cert and key require each other"),
        };
    }
    Ok(prefix)
}

/// Percent-encodes the value of an option.
pub(super) fn percent_encode(value: &str) -> impl fmt::Display {
    const RESERVED: &AsciiSet = &CONTROLS.add(b'%').add(b'&').add(b'#').add(b'@');
    utf8_percent_encode(value, RESERVED)
}

fn percent_decode(text: &str) -> std::result::Result<String, &'static str> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "a percent-encoded part is not UTF-8")?;
    if decoded.contains('\0') { Err("it contains a NUL character") } else { Ok(decoded.into_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(host: &str, port: u16) -> Node {
        Node { host: host.to_owned(), port }
    }

    #[test]
    fn every_topology_has_a_url() {
        let single = Topology::Single(node("localhost", 6379));
        let sentinel = Topology::Sentinel(vec![node("a", 26379), node("::1", 5)], "shop".to_owned());
        let cluster = Topology::Cluster(vec![node("a", 6379), node("b", 7000)]);
        for (url, topology, database, shown) in [
            ("redis://localhost", &single, 0, "redis://localhost:6379"),
            ("redis://localhost:6379/", &single, 0, "redis://localhost:6379"),
            ("rediss://user:pw@localhost/3", &single, 3, "rediss://localhost:6379/3"),
            ("redis+sentinel://a,[::1]:5/shop", &sentinel, 0, "redis+sentinel://a:26379,[::1]:5/shop"),
            ("rediss+sentinel://:pw@a,[::1]:5/shop/2", &sentinel, 2, "rediss+sentinel://a:26379,[::1]:5/shop/2"),
            ("redis+cluster://a,b:7000", &cluster, 0, "redis+cluster://a:6379,b:7000"),
        ] {
            let address = Address::parse(url).expect(url);
            assert_eq!((&address.topology, address.database), (topology, database), "{url}");
            assert_eq!(address.to_string(), shown);
            assert_eq!(address.tls.is_some(), url.starts_with("rediss"));
        }
    }

    #[test]
    fn user_and_password_are_decoded() {
        let address = Address::parse("redis://ad%40a:p%3Aw%2F%23%25@h").unwrap();
        assert_eq!(address.login.user.as_deref(), Some("ad@a"));
        assert_eq!(address.login.password.as_deref(), Some("p:w/#%"));
        let address = Address::parse("redis://:a:b@h").unwrap();
        assert_eq!((address.login.user, address.login.password.as_deref()), (None, Some("a:b")));
    }

    #[test]
    fn options_are_parsed() {
        let address = Address::parse("rediss://h/?ca=%2Fca.pem&prefix=shop&cert=c&key=k").unwrap();
        let identity = Some(("c".into(), "k".into()));
        assert_eq!(address.tls, Some(ClientTls { ca: Some("/ca.pem".into()), identity }));
        assert_eq!(address.prefix.as_deref(), Some("shop"));
    }

    #[test]
    fn errors_do_not_contain_the_password() {
        for (url, why) in [
            ("localhost:6379", "does not start with redis://"),
            ("http://:secret@h", "does not start with redis://"),
            ("redis+other://:secret@h", "followed by sentinel or cluster"),
            ("redis:/admin:secret@h", "does not start with redis://"),
            ("redis:admin:secret@h", "does not start with redis://"),
            ("rediss//admin:secret@h", "does not start with redis://"),
            ("\"redis://admin:secret@h\"", "does not start with redis://"),
            (" redis://admin:secret@h", "does not start with redis://"),
            ("REDIS://admin:secret@h", "does not start with redis://"),
            ("redis;//admin:secret@h", "does not start with redis://"),
            ("redis://admin:secret%40h", "a port is not a number"),
            ("redis://admin%3Asecret%40h", "the host name is missing"),
            ("redis://h?password=secret", "the options are"),
            ("redis://h?secret", "an option has no value"),
            ("redis://h/?prefix=a:secret@b", "write %2F"),
            ("redis://admin:sec@ret/0@h", "write %2F"),
            ("redis://", "the host name is missing"),
            ("redis://:secret@", "the host name is missing"),
            ("redis://secret@h", "a user without a password"),
            ("redis://user:@h", "the password is empty"),
            ("redis://:sec/ret@h", "write %2F"),
            ("redis://:sec#ret@h", "write %2F"),
            ("redis://:sec?ret@h", "write %2F"),
            ("redis://h#secret", "write %2F"),
            ("redis://:secret@h?sec=ret", "the options are"),
            ("redis://:%ff@h", "not UTF-8"),
            ("redis://:secret@h:70000", "a port is not a number"),
            ("redis://:secret@[::1", "has no `]`"),
            ("redis://:secret@h/one", "the database is not a number"),
            ("redis://:secret@h/-1", "the database is not a number"),
            ("redis://:secret@a,b", "redis+sentinel:// or redis+cluster://"),
            ("redis+sentinel://:secret@a,b", "the name of the service is missing"),
            ("redis+cluster://:secret@a,b/1", "only database 0"),
            ("redis://:secret@h?ca=ca.pem", "require rediss://"),
            ("rediss://:secret@h?cert=c.pem", "require each other"),
        ] {
            let error = Address::parse(url).map(|address| address.to_string()).expect_err(url);
            assert_eq!(error.kind(), ErrorKind::Invalid);
            let text = format!("{error} {error:?}");
            assert!(text.contains(why), "{url}: {text}");
            assert!(!text.contains("secret") && !text.contains("ret@"), "{text}");
        }
    }
}
