//! The address of a Redis and the login, parsed from a URL.

use std::fmt;

use crate::error::Result;
use crate::tls::ClientTls;
use crate::url::{Grammar, HostPort, Login, Parsed, Url, percent_decode, percent_encode};

/// The port of a server.
const DEFAULT_PORT: u16 = 6379;

/// The port of a sentinel.
const DEFAULT_SENTINEL_PORT: u16 = 26379;

const GRAMMAR: Grammar = Grammar {
    product: "Redis",
    schemes: &["redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"],
    options: &["prefix", "ca", "cert", "key"],
    no_login: None,
};

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
    Single(HostPort),
    /// The sentinels, and the service name of the master.
    Sentinel(Vec<HostPort>, String),
    /// Some of the nodes, which know the others.
    Cluster(Vec<HostPort>),
}

impl Address {
    /// Parses `redis[s][+sentinel|+cluster]://[user]:password@]host[:port],…[/service][/database][?option=value&…]`.
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid). The message does not repeat any of the URL.
    pub(super) fn parse(url: &str) -> Result<Self> {
        GRAMMAR.parse(url, parse)
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
    fn nodes(&self) -> &[HostPort] {
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
            write!(f, "/{}", percent_encode(service))?;
        }
        if self.database == 0 { Ok(()) } else { write!(f, "/{}", self.database) }
    }
}

/// Parses `host:port` as the nodes of a cluster report it: an IPv6 address has no brackets. A node that does not know its own
/// host omits it; then it is the host of the node that was asked.
pub(super) fn parse_reported(asked: &HostPort, text: &str) -> Option<HostPort> {
    let (host, port) = text.rsplit_once(':')?;
    let host = if host.is_empty() || host == "?" { &asked.host } else { host };
    Some(HostPort { host: host.to_owned(), port: port.parse().ok()? })
}

fn parse(mut url: Url<'_>) -> Parsed<Address> {
    let (scheme, kind) = url.scheme.split_once('+').unwrap_or((url.scheme, ""));
    let tls = url.options.tls(scheme == "rediss", "rediss://")?;
    let login = url.login.map(parse_login).transpose()?.unwrap_or_default();
    let (service, database) = match (kind, url.path.split_once('/')) {
        ("sentinel", Some((service, database))) => (service, database),
        ("sentinel", None) => (url.path, ""),
        _ => ("", url.path),
    };
    let database = match database.strip_suffix('/').unwrap_or(database) {
        "" => 0,
        number => number.parse().ok().filter(|number| *number >= 0).ok_or("the database is not a number")?,
    };
    let topology = match kind {
        "sentinel" if service.is_empty() => {
            return Err("the name of the service is missing: ://host,host/service".into());
        }
        "sentinel" => Topology::Sentinel(parse_nodes(url.hosts, DEFAULT_SENTINEL_PORT)?, percent_decode(service)?),
        "cluster" if database != 0 => return Err("a cluster has only database 0".into()),
        "cluster" => Topology::Cluster(parse_nodes(url.hosts, DEFAULT_PORT)?),
        _ if url.hosts.contains(',') => {
            return Err("several servers require redis+sentinel:// or redis+cluster://".into());
        }
        _ => Topology::Single(HostPort::parse(url.hosts, DEFAULT_PORT)?),
    };
    Ok(Address { topology, login, database, tls, prefix: url.options.take("prefix") })
}

fn parse_login(text: &str) -> Parsed<Login> {
    match Login::parse(text)? {
        Login { password: None, .. } => Err("it has a user without a password; write user:password@".into()),
        login => Ok(login),
    }
}

fn parse_nodes(hosts: &str, port: u16) -> Parsed<Vec<HostPort>> {
    hosts.split(',').map(|host| HostPort::parse(host, port)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(host: &str, port: u16) -> HostPort {
        HostPort { host: host.to_owned(), port }
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
}
