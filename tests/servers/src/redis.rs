//! One Redis server.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use redis::{Client, Cmd, Connection, FromRedisValue, RedisResult, ToRedisArgs};
use tempfile::TempDir;

use crate::builder::{self, RedisBuilder};
use crate::certificates::Certificates;
use crate::ports;
use crate::process::{Process, log};
use crate::until;

/// A Redis server on a free port of `127.0.0.1`. It is killed, and its data deleted, when it is dropped.
pub struct Redis {
    // Declared before the directory, so that the process ends before its directory is deleted.
    process: Mutex<Option<Process>>,
    program: &'static str,
    port: u16,
    password: Option<String>,
    certificates: Option<Certificates>,
    directory: TempDir,
}

const CONFIGURATION: &str = "server.conf";

/// The timeout of a command, long enough for a busy server.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);

/// The number of ports to try: another process may take a free port before the server does.
const ATTEMPTS: usize = 20;

impl RedisBuilder {
    /// Starts the server and waits until it answers.
    ///
    /// # Panics
    /// Panics if the server does not start, for example because of an invalid configuration.
    pub fn start(self) -> Redis {
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            let port = if self.cluster { ports::free_with_bus() } else { ports::free() };
            match Redis::launch_on(port, &self) {
                Ok(server) => return server,
                Err(log) => last = log,
            }
        }
        panic!("{} does not start:\n{last}", self.program)
    }
}

impl Redis {
    /// Starts a server that keeps everything in memory.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Returns the configuration of a server.
    pub fn builder() -> RedisBuilder {
        // Replicas are synchronised immediately, without waiting for others.
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

    /// Returns the port, which stays the same when the server is restarted.
    pub fn port(&self) -> u16 {
        self.port
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
        self.directory.path()
    }

    /// Runs a command as the user with all permissions, on a separate connection that network faults do not affect:
    /// `redis.command::<i64>(&["XLEN", "changes"])`.
    ///
    /// # Panics
    /// Panics if the server answers with an error, or not at all.
    pub fn command<T: FromRedisValue>(&self, words: &[impl ToRedisArgs]) -> T {
        let answer = self.try_command(words);
        answer.unwrap_or_else(|error| panic!("{error}; the server's log:\n{}", log(self.directory())))
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

    /// Kills the server with `kill -9`, so that it cannot save its data or close connections.
    pub fn kill(&self) {
        *self.process() = None;
    }

    /// Returns `true` if the server is running.
    pub fn is_running(&self) -> bool {
        self.process().as_mut().is_some_and(|process| process.ended().is_none())
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

    /// Starts the server again on the same port with its data, and waits until it answers.
    pub fn restart(&self) {
        self.kill();
        until("the server starts again", || self.launch());
    }

    /// Suspends the server: connections stay open, but it does not answer.
    pub fn stop(&self) {
        self.process().as_ref().expect("a running server").pause();
    }

    /// Resumes the server.
    pub fn cont(&self) {
        self.process().as_ref().expect("a stopped server").resume();
    }

    /// Starts a configured server on a port.
    ///
    /// # Errors
    /// Returns the output of the server if it ended, for example because its port is taken.
    pub(crate) fn launch_on(port: u16, builder: &RedisBuilder) -> Result<Self, String> {
        let directory = tempfile::Builder::new().prefix("feats-").tempdir().expect("a directory");
        let certificates = builder.tls.then(|| Certificates::create(directory.path()));
        fs::write(directory.path().join(CONFIGURATION), builder.configuration(port, certificates.as_ref()))
            .expect("a configuration");
        let password = builder.password.clone();
        let process = Mutex::new(None);
        let server = Self { process, program: builder.program, port, password, certificates, directory };
        if server.launch() { Ok(server) } else { Err(log(server.directory())) }
    }

    fn url_with(&self, user: &str) -> String {
        let scheme = if self.certificates.is_some() { "rediss" } else { "redis" };
        format!("{scheme}://{user}127.0.0.1:{}", self.port)
    }

    fn launch(&self) -> bool {
        let mut process = Process::start(self.program, &[CONFIGURATION], self.directory());
        let mut ended = false;
        until("the server answers", || {
            ended = process.ended().is_some();
            ended || self.try_command::<String>(&["PING"]).is_ok_and(|answer| answer == "PONG")
        });
        if !ended {
            *self.process() = Some(process);
        }
        !ended
    }

    fn connect(&self) -> RedisResult<Connection> {
        let socket = self.directory().join(builder::SOCKET);
        let password = self.password.as_ref().map(|password| format!("?pass={password}")).unwrap_or_default();
        let connection = Client::open(format!("redis+unix://{}{password}", socket.display()))?;
        let connection = connection.get_connection_with_timeout(COMMAND_TIMEOUT)?;
        connection.set_read_timeout(Some(COMMAND_TIMEOUT))?;
        Ok(connection)
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        // The servers of a test that panicked are killed nevertheless.
        self.process.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
