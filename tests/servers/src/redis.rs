//! One Redis server.

use std::fs;
use std::path::Path;
use std::time::Duration;

use redis::{Client, Cmd, Connection, FromRedisValue, RedisResult, ToRedisArgs};

use crate::builder::{self, RedisBuilder};
use crate::certificates::Certificates;
use crate::daemon::{self, Daemon, Directory, impl_daemon};
use crate::ports;

/// A Redis server on a free port of `127.0.0.1`. It is killed, and its data deleted, when it is dropped.
pub struct Redis {
    daemon: Daemon,
    password: Option<String>,
    certificates: Option<Certificates>,
}

const CONFIGURATION: &str = "server.conf";

/// The timeout of a command, long enough for a busy server.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);

impl RedisBuilder {
    /// Starts the server and waits until it answers.
    ///
    /// # Panics
    /// Panics if the server does not start, for example because of an invalid configuration.
    pub fn start(self) -> Redis {
        let free = if self.cluster { ports::free_with_bus } else { ports::free };
        daemon::start(self.program, free, |port| Redis::launch_on(port, &self))
    }
}

impl Redis {
    /// Starts a server that keeps everything in memory.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Returns the configuration of a server.
    pub fn builder() -> RedisBuilder {
        // Replicas are synchronized immediately, without waiting for others.
        RedisBuilder::new("redis-server").arg("save", "\"\"").arg("repl-diskless-sync-delay", "0")
    }

    /// Returns the URL `redis://127.0.0.1:port`, or `rediss://` for a server with TLS, with the password if there is one.
    pub fn url(&self) -> String {
        self.url_with(&self.password.as_ref().map(|password| format!(":{password}@")).unwrap_or_default())
    }

    /// Returns the URL with a user and a password.
    pub fn url_of(&self, user: &str, password: &str) -> String {
        self.url_with(&format!("{user}:{password}@"))
    }

    /// Returns the certificates of a server with TLS.
    ///
    /// # Panics
    /// Panics if the server has no TLS.
    pub fn certificates(&self) -> &Certificates {
        self.certificates.as_ref().expect("a server with TLS")
    }

    /// Returns the directory with the data and the `log`.
    pub fn directory(&self) -> &Path {
        self.daemon.directory()
    }

    /// Runs a command as the user with all permissions, on a separate connection that network faults do not affect:
    /// `redis.command::<i64>(&["XLEN", "changes"])`.
    ///
    /// # Panics
    /// Panics if the server answers with an error, or not at all.
    pub fn command<T: FromRedisValue>(&self, words: &[impl ToRedisArgs]) -> T {
        let answer = self.try_command(words);
        answer.unwrap_or_else(|error| panic!("{error}; the server's log:\n{}", self.daemon.log()))
    }

    /// Like [`command`](Self::command), but returns errors.
    ///
    /// # Errors
    /// Returns the error of the server, or the reason why there is no answer.
    pub fn try_command<T: FromRedisValue>(&self, words: &[impl ToRedisArgs]) -> RedisResult<T> {
        let mut command = Cmd::new();
        for word in words {
            command.arg(word);
        }
        command.query(&mut self.connect()?)
    }

    /// Returns `true` if the server is running.
    pub fn is_running(&self) -> bool {
        self.daemon.is_running()
    }

    /// Deletes the data of a server that was killed.
    ///
    /// # Panics
    /// Panics if the server is running.
    pub fn wipe(&self) {
        assert!(!self.is_running(), "cannot delete the data of a running server");
        for data in ["appendonlydir", "appendonly.aof", "dump.rdb"].map(|name| self.directory().join(name)) {
            if data.is_dir() {
                fs::remove_dir_all(data).expect("the data is deleted");
            } else if data.exists() {
                fs::remove_file(data).expect("the data is deleted");
            }
        }
    }

    /// Starts a configured server on a port.
    ///
    /// # Errors
    /// Returns the output of the server if it ended, for example because its port is taken.
    pub(crate) fn launch_on(port: u16, builder: &RedisBuilder) -> Result<Self, String> {
        let directory = Directory::create();
        let certificates = builder.tls.then(|| Certificates::create(directory.path()));
        fs::write(directory.path().join(CONFIGURATION), builder.configuration(port, certificates.as_ref()))
            .expect("a configuration");
        let password = builder.password.clone();
        let daemon = Daemon::new(directory, port, builder.program, vec![CONFIGURATION.to_owned()]);
        let server = Self { daemon, password, certificates };
        if server.launch() { Ok(server) } else { Err(server.daemon.log()) }
    }

    fn url_with(&self, user: &str) -> String {
        let scheme = if self.certificates.is_some() { "rediss" } else { "redis" };
        format!("{scheme}://{user}127.0.0.1:{}", self.port())
    }

    fn launch(&self) -> bool {
        self.daemon.launch(|| self.try_command::<String>(&["PING"]).is_ok_and(|answer| answer == "PONG"))
    }

    fn connect(&self) -> RedisResult<Connection> {
        let socket = self.directory().join(builder::SOCKET);
        let password = self.password.as_ref().map(|password| format!("?pass={password}")).unwrap_or_default();
        let connection = Client::open(format!("redis+unix://{}{password}", socket.display()))?;
        let connection = connection.get_connection_with_timeout(COMMAND_TIMEOUT)?;
        connection.set_read_timeout(Some(COMMAND_TIMEOUT))?;
        Ok(connection)
    }
}

impl_daemon!(Redis);
