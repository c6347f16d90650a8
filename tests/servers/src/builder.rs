//! The configuration of a Redis server.

use crate::certificates::Certificates;

/// The configuration of a server.
#[must_use = "a server does nothing until it is started"]
pub struct RedisBuilder {
    pub(crate) program: &'static str,
    pub(crate) password: Option<String>,
    pub(crate) tls: bool,
    pub(crate) cluster: bool,
    lines: Vec<String>,
}

/// The Unix socket in a server's directory, which tests use independently of the settings of its port.
pub(crate) const SOCKET: &str = "socket";

impl RedisBuilder {
    pub(crate) fn new(program: &'static str) -> Self {
        Self { program, password: None, tls: false, cluster: false, lines: Vec::new() }
    }

    /// Flushes every write to disk before it is acknowledged.
    pub fn appendonly(self) -> Self {
        self.arg("appendonly", "yes").arg("appendfsync", "always")
    }

    /// Sets the password of the default user.
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self.arg("requirepass", password)
    }

    /// Adds a user, with rules such as `~{feats}* +@all`.
    pub fn acl_user(self, name: &str, password: &str, rules: &str) -> Self {
        self.arg("user", &format!("{name} on >{password} {rules}"))
    }

    /// Enables TLS on the port, without plain connections.
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Limits the memory, such as `8mb`. Writes that do not fit are refused; nothing is evicted.
    pub fn max_memory(self, size: &str) -> Self {
        self.arg("maxmemory", size).arg("maxmemory-policy", "noeviction")
    }

    /// Adds a line to the configuration.
    pub fn arg(mut self, name: &str, value: &str) -> Self {
        self.lines.push(format!("{name} {value}"));
        self
    }

    /// Configures a node of a cluster.
    pub(crate) fn cluster(mut self) -> Self {
        self.cluster = true;
        self.arg("cluster-enabled", "yes")
    }

    /// Returns the lines of the configuration.
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
