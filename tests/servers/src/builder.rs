//! Describing a Redis server before it is started.

use crate::certificates::Certificates;

/// Describes a server.
#[must_use = "a server does nothing until it is started"]
pub struct RedisBuilder {
    pub(crate) program: &'static str,
    pub(crate) password: Option<String>,
    pub(crate) tls: bool,
    pub(crate) cluster: bool,
    lines: Vec<String>,
}

/// The file in a server's directory through which the tests reach it, whatever it asks of those who come by its port.
pub(crate) const SOCKET: &str = "socket";

impl RedisBuilder {
    pub(crate) fn new(program: &'static str) -> Self {
        Self { program, password: None, tls: false, cluster: false, lines: Vec::new() }
    }

    /// Every write is on disk before it is acknowledged.
    pub fn appendonly(self) -> Self {
        self.arg("appendonly", "yes").arg("appendfsync", "always")
    }

    /// What the default user has to say.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self.arg("requirepass", password)
    }

    /// Another user, with rules such as `~{feats}* +@all`.
    pub fn acl_user(self, name: &str, password: &str, rules: &str) -> Self {
        self.arg("user", &format!("{name} on >{password} {rules}"))
    }

    /// TLS on its port, and nothing else.
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// How much memory it may use, as in `8mb`. What does not fit is refused, nothing is evicted.
    pub fn max_memory(self, size: &str) -> Self {
        self.arg("maxmemory", size).arg("maxmemory-policy", "noeviction")
    }

    /// Any other line of its configuration.
    pub fn arg(mut self, name: &str, value: &str) -> Self {
        self.lines.push(format!("{name} {value}"));
        self
    }

    /// A node for a cluster.
    pub(crate) fn cluster(mut self) -> Self {
        self.cluster = true;
        self.arg("cluster-enabled", "yes")
    }

    /// The lines of its configuration.
    pub(crate) fn configuration(&self, port: u16, certificates: Option<&Certificates>) -> String {
        let mut lines = vec!["bind 127.0.0.1".to_owned(), format!("unixsocket {SOCKET}")];
        match certificates {
            None => lines.push(format!("port {port}")),
            Some(files) => lines.extend([
                "port 0".to_owned(),
                format!("tls-port {port}"),
                format!("tls-cert-file {}", files.certificate().display()),
                format!("tls-key-file {}", files.key().display()),
                format!("tls-ca-cert-file {}", files.ca().display()),
                "tls-auth-clients no".to_owned(),
            ]),
        }
        lines.extend_from_slice(&self.lines);
        lines.join("\n") + "\n"
    }
}
