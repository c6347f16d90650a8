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

/// A Redis server on a free port of `127.0.0.1`. Dropping it ends it and deletes its data.
pub struct Redis {
    // Before the directory: a process ends before its directory is deleted.
    process: Mutex<Option<Process>>,
    program: &'static str,
    port: u16,
    password: Option<String>,
    certificates: Option<Certificates>,
    directory: TempDir,
}

const CONFIGURATION: &str = "server.conf";

/// Enough for a server that is busy, and an end to waiting for one that was stopped.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many ports to try: another process may take a free one before the server does.
const ATTEMPTS: usize = 20;

impl RedisBuilder {
    /// Starts it and waits until it answers.
    ///
    /// # Panics
    /// If it does not start, as with a line that it does not understand.
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
    /// A server that keeps everything in memory.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Describes another one.
    pub fn builder() -> RedisBuilder {
        // Its replicas do not have to wait for others that may want the same.
        RedisBuilder::new("redis-server").arg("save", "\"\"").arg("repl-diskless-sync-delay", "0")
    }

    /// `redis://127.0.0.1:port`, or `rediss://` for a server with TLS; with the password if there is one.
    pub fn url(&self) -> String {
        self.url_with(&self.password.as_ref().map(|password| format!(":{password}@")).unwrap_or_default())
    }

    /// The same for one of its users.
    pub fn url_of(&self, user: &str, password: &str) -> String {
        self.url_with(&format!("{user}:{password}@"))
    }

    /// The port; it stays the same when the server is restarted.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificates of a server with TLS.
    ///
    /// # Panics
    /// If it has none.
    pub fn certificates(&self) -> &Certificates {
        self.certificates.as_ref().expect("a server with TLS")
    }

    /// The directory with its data and its `log`.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Runs a command as the user who may do everything, on a connection of its own that no fault of the network
    /// harms: `redis.command::<i64>(&["XLEN", "changes"])`.
    ///
    /// # Panics
    /// If the server answers with an error, or not at all.
    pub fn command<T: FromRedisValue>(&self, words: &[impl ToRedisArgs]) -> T {
        let answer = self.try_command(words);
        answer.unwrap_or_else(|error| panic!("{error}; the server's log:\n{}", log(self.directory())))
    }

    /// The same for a command that may fail.
    ///
    /// # Errors
    /// The server's answer, or why there is none.
    pub fn try_command<T: FromRedisValue>(&self, words: &[impl ToRedisArgs]) -> RedisResult<T> {
        let mut command = Cmd::new();
        for word in words {
            command.arg(word);
        }
        command.query(&mut self.connect()?)
    }

    /// Ends it at once, without any chance to save or to say good-bye: `kill -9`.
    pub fn kill(&self) {
        *self.process() = None;
    }

    /// Whether it was started and neither killed nor ended by itself.
    pub fn is_running(&self) -> bool {
        self.process().as_mut().is_some_and(|process| process.ended().is_none())
    }

    /// Deletes the data of a server that was killed.
    ///
    /// # Panics
    /// If it is running.
    pub fn wipe(&self) {
        assert!(!self.is_running(), "a running server's data is not wiped");
        for data in ["appendonlydir", "appendonly.aof", "dump.rdb"].map(|name| self.directory().join(name)) {
            if data.is_dir() {
                fs::remove_dir_all(data).expect("the data is deleted");
            } else if data.exists() {
                fs::remove_file(data).expect("the data is deleted");
            }
        }
    }

    /// Starts it again, on the same port and with the data that it left; waits until it answers.
    pub fn restart(&self) {
        self.kill();
        until("the server starts again", || self.launch());
    }

    /// Stops it from running: connections stay open and nobody answers.
    pub fn stop(&self) {
        self.process().as_ref().expect("a running server").pause();
    }

    /// Lets it go on.
    pub fn cont(&self) {
        self.process().as_ref().expect("a stopped server").go_on();
    }

    /// Starts what was described on a port.
    ///
    /// # Errors
    /// It ended instead of answering, as it does when its port is taken: what it printed.
    pub(crate) fn launch_on(port: u16, described: &RedisBuilder) -> Result<Self, String> {
        let directory = tempfile::Builder::new().prefix("feats-").tempdir().expect("a directory");
        let certificates = described.tls.then(|| Certificates::make(directory.path()));
        fs::write(directory.path().join(CONFIGURATION), described.configuration(port, certificates.as_ref()))
            .expect("a configuration");
        let password = described.password.clone();
        let process = Mutex::new(None);
        let server = Self { process, program: described.program, port, password, certificates, directory };
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
        let connection = connection.get_connection_with_timeout(PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        Ok(connection)
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        // A test that panicked has its servers ended all the same.
        self.process.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
