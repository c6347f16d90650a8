//! One agent of Consul.

use std::fs;
use std::path::{Path, PathBuf};

use crate::certificates::Certificates;
use crate::daemon::{self, Daemon, Directory, impl_daemon};
use crate::http::request;
use crate::{available, ports};

/// An agent of Consul that is its own server, with its HTTP API on a free port of `127.0.0.1`. It is killed, and its data deleted,
/// when it is dropped.
pub struct Consul {
    daemon: Daemon,
    tls_port: Option<u16>,
    certificates: Option<Certificates>,
}

/// The configuration of an agent.
#[must_use = "an agent does nothing until it is started"]
#[derive(Default)]
pub struct ConsulBuilder {
    durable: bool,
    tls: bool,
    acl: bool,
}

/// The token with all rights of an agent with access control.
pub const CONSUL_TOKEN: &str = "b1d5a3f0-0000-4000-8000-7e57ab1e0001";

const CONFIGURATION: &str = "agent.json";

impl ConsulBuilder {
    /// Keeps the data on the disk, so that it survives a restart.
    pub fn durable(mut self) -> Self {
        self.durable = true;
        self
    }

    /// Offers HTTPS on a further port.
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// Denies what no token permits. [`CONSUL_TOKEN`] permits everything.
    pub fn access_control(mut self) -> Self {
        self.acl = true;
        self
    }

    /// Starts the agent and waits until it has elected itself.
    ///
    /// # Panics
    /// Panics if the agent does not start.
    pub fn start(self) -> Consul {
        daemon::start("consul", ports::free, |port| Consul::launch_on(port, &self))
    }
}

impl Consul {
    /// Returns `true` if Consul is installed. Otherwise prints a line, and the calling test is skipped.
    ///
    /// # Panics
    /// Panics if it is missing and `CI` is set.
    pub fn available() -> bool {
        available::found("consul", program().is_some())
    }

    /// Starts an agent that keeps everything in memory.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Returns the configuration of an agent.
    pub fn builder() -> ConsulBuilder {
        ConsulBuilder::default()
    }

    /// Returns the URL of the store, `consul://127.0.0.1:port`, without a base key.
    pub fn url(&self) -> String {
        format!("consul://127.0.0.1:{}", self.port())
    }

    /// Returns the URL with TLS, `consuls://127.0.0.1:port`.
    ///
    /// # Panics
    /// Panics if the agent has no TLS.
    pub fn tls_url(&self) -> String {
        format!("consuls://127.0.0.1:{}", self.tls_port.expect("an agent with TLS"))
    }

    /// Returns the certificates of an agent with TLS.
    ///
    /// # Panics
    /// Panics if the agent has no TLS.
    pub fn certificates(&self) -> &Certificates {
        self.certificates.as_ref().expect("an agent with TLS")
    }

    /// Sends a request with all rights, and returns the status and the body: `consul.request("GET", "/v1/kv/feats?recurse", "")`.
    ///
    /// # Panics
    /// Panics if the agent does not answer.
    pub fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        request(self.port(), method, path, &[("X-Consul-Token", CONSUL_TOKEN)], body).expect("an answer of the agent")
    }

    fn launch_on(port: u16, builder: &ConsulBuilder) -> Result<Self, String> {
        let directory = Directory::create();
        let certificates = builder.tls.then(|| Certificates::create(directory.path()));
        let tls_port = builder.tls.then(ports::free);
        let configuration = configuration(port, tls_port, builder, certificates.as_ref());
        fs::write(directory.path().join(CONFIGURATION), configuration).expect("a configuration");
        let mut arguments = vec!["agent".to_owned(), "-config-file".to_owned(), CONFIGURATION.to_owned()];
        match builder.durable {
            true => arguments.extend(["-server", "-bootstrap-expect=1", "-data-dir=data"].map(str::to_owned)),
            false => arguments.push("-dev".to_owned()),
        }
        let program = program().expect("Consul is installed").display().to_string();
        let server = Self { daemon: Daemon::new(directory, port, program, arguments), tls_port, certificates };
        if server.launch() { Ok(server) } else { Err(server.daemon.log()) }
    }

    fn launch(&self) -> bool {
        // A write succeeds once there is a leader.
        self.daemon.launch(|| {
            let token = [("X-Consul-Token", CONSUL_TOKEN)];
            request(self.port(), "DELETE", "/v1/kv/ready", &token, "").is_ok_and(|(status, _)| status == 200)
        })
    }
}

impl_daemon!(Consul);

fn configuration(port: u16, tls_port: Option<u16>, builder: &ConsulBuilder, files: Option<&Certificates>) -> String {
    let [lan, wan, rpc] = [(); 3].map(|()| ports::free());
    let https = tls_port.map_or(-1, i32::from);
    let mut parts = vec![
        r#""bind_addr": "127.0.0.1", "client_addr": "127.0.0.1", "disable_update_check": true"#.to_owned(),
        format!(
            r#""ports": {{"http": {port}, "https": {https}, "dns": -1, "grpc": -1, "serf_lan": {lan}, "serf_wan": {wan}, "server": {rpc}}}"#
        ),
        r#""performance": {"raft_multiplier": 1}"#.to_owned(),
    ];
    if builder.acl {
        parts.push(format!(
            r#""acl": {{"enabled": true, "default_policy": "deny", "tokens": {{"master": "{CONSUL_TOKEN}", "agent": "{CONSUL_TOKEN}"}}}}"#
        ));
    }
    if let Some(files) = files {
        let path = |path: PathBuf| path.display().to_string();
        parts.push(format!(
            r#""ca_file": "{}", "cert_file": "{}", "key_file": "{}""#,
            path(files.ca()),
            path(files.certificate()),
            path(files.key())
        ));
    }
    format!("{{{}}}\n", parts.join(", "))
}

/// Returns the program: the one that `cargo xtask setup` has unpacked, or the one that is installed.
fn program() -> Option<PathBuf> {
    let unpacked = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/consul/usr/bin/consul");
    if unpacked.exists() {
        return Some(unpacked);
    }
    available::starts("consul").then(|| PathBuf::from("consul"))
}
