//! One use of a connection: sends commands, follows redirections, and returns or drops the connection.

use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster_routing::Slot;
use redis::{Cmd, ErrorKind as Kind, FromRedisValue, Pipeline, RedisError, ServerErrorKind, Value, from_redis_value};
use tokio::time::timeout;

use super::address::{Topology, parse_reported};
use super::connection::{Dedicated, Lease, Link, Server};
use super::error::Failure;
use crate::error::Result;
use crate::tasks::Backoff;
use crate::url::HostPort;

/// The time limit of a command.
pub(super) const COMMAND_TIMEOUT: Duration = Duration::from_secs(5);

/// The maximum number of redirections and retries of a command in a cluster.
const MAX_REDIRECTS: u32 = 16;

/// A connection in use. Only [`finish`](Session::finish) returns it to its slot, because a cancelled use can leave a pending
/// response on it. A shared connection matches responses to commands, so it stays in use.
pub(super) struct Session<'a> {
    server: &'a Server,
    link: Link,
    lease: Lease<'a>,
    /// The connection to a node that is taking over the slot, if there is one.
    importing: Option<Link>,
    /// The connection on which the last command was answered.
    answered: Option<MultiplexedConnection>,
}

impl Server {
    /// Starts a session on the shared connection to the node that serves all keys except assignments.
    pub(super) async fn session(&self) -> Result<Session<'_>> {
        self.session_for(self.keys()?.slot()).await
    }

    /// Starts a session on the shared connection to the node that serves a key.
    pub(super) async fn session_for_key(&self, key: impl AsRef<[u8]>) -> Result<Session<'_>> {
        self.session_for(Slot::for_key(key)).await
    }

    /// Starts a session on the shared connection to a node.
    pub(super) async fn session_on(&self, node: &HostPort) -> Result<Session<'_>> {
        let link = self.share_on(node).await.map_err(|failure| self.explain(failure))?;
        Ok(Session::new(self, link, Lease::Shared))
    }

    /// Starts a session on a dedicated connection.
    pub(super) async fn dedicated_session<'a>(&'a self, dedicated: &'a Dedicated) -> Result<Session<'a>> {
        let slot = self.keys()?.slot();
        let (link, lease) = self.lease(dedicated, slot).await.map_err(|failure| self.explain(failure))?;
        Ok(Session::new(self, link, lease))
    }

    async fn session_for(&self, slot: Slot) -> Result<Session<'_>> {
        let link = self.share(slot).await.map_err(|failure| self.explain(failure))?;
        Ok(Session::new(self, link, Lease::Shared))
    }
}

impl<'a> Session<'a> {
    fn new(server: &'a Server, link: Link, lease: Lease<'a>) -> Self {
        Self { server, link, lease, importing: None, answered: None }
    }

    pub(super) fn topology(&self) -> &Topology {
        &self.server.options.address.topology
    }

    /// Returns the name of the store.
    pub(super) fn name(&self) -> String {
        self.server.name()
    }

    /// Sends a command and waits for its response.
    pub(super) async fn command<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, Failure> {
        self.command_within(COMMAND_TIMEOUT, command).await
    }

    /// Like [`command`](Self::command), with another time limit.
    pub(super) async fn command_within<T: FromRedisValue>(
        &mut self,
        time: Duration,
        command: &Cmd,
    ) -> Result<T, Failure> {
        let answer = timeout(time, self.follow(command)).await.map_err(|_| Failure::Timeout(time))??;
        Ok(from_redis_value(answer)?)
    }

    /// Sends a command on the connection that answered the last one.
    pub(super) async fn follow_up<T: FromRedisValue>(&mut self, time: Duration, command: &Cmd) -> Result<T, Failure> {
        let connection = self.answered.as_mut().unwrap_or(&mut self.link.connection);
        Ok(timeout(time, command.query_async(connection)).await.map_err(|_| Failure::Timeout(time))??)
    }

    /// Sends several commands in one round trip. Each has its own response, which may be an error. Does not follow redirections.
    pub(super) async fn pipeline(&mut self, commands: &Pipeline) -> Result<Vec<Value>, Failure> {
        let sent = self.link.connection.req_packed_commands(commands, 0, commands.len());
        Ok(timeout(COMMAND_TIMEOUT, sent).await.map_err(|_| Failure::Timeout(COMMAND_TIMEOUT))??)
    }

    /// Returns the connection to its slot, and turns a failure into an error.
    pub(super) async fn finish<T>(self, outcome: Result<T, Failure>) -> Result<T> {
        let poisoned = outcome.as_ref().is_err_and(Failure::poisons);
        self.server.give_back(self.link, self.lease, poisoned).await;
        outcome.map_err(|failure| self.server.explain(failure))
    }

    /// Sends a command, and follows the redirections of a cluster.
    async fn follow(&mut self, command: &Cmd) -> Result<Value, Failure> {
        let (mut redirects, backoff) = (0, Backoff::brief());
        loop {
            let error = match self.send(command).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            redirects += 1;
            let Kind::Server(kind) = error.kind() else { return Err(error.into()) };
            if redirects > MAX_REDIRECTS || !matches!(self.topology(), Topology::Cluster(_)) {
                return Err(error.into());
            }
            match (kind, self.target(&error)) {
                (ServerErrorKind::Moved, Some(node)) => {
                    self.server.forget_directory().await;
                    self.link = self.server.open(&node).await?;
                }
                (ServerErrorKind::Ask, Some(node)) => match self.ask(&node, command).await {
                    Ok(answer) => return Ok(answer),
                    // The keys of the command are split between both nodes until the migration of the slot ends.
                    Err(Failure::Redis(error)) if error.kind() == ServerErrorKind::TryAgain.into() => {
                        backoff.wait().await
                    }
                    Err(failure) => return Err(failure),
                },
                (ServerErrorKind::TryAgain, _) => backoff.wait().await,
                _ => return Err(error.into()),
            }
        }
    }

    async fn send(&mut self, command: &Cmd) -> Result<Value, RedisError> {
        let answer = command.query_async(&mut self.link.connection).await;
        self.answered = Some(self.link.connection.clone());
        answer
    }

    /// Sends a command to a node that is taking over the slot.
    async fn ask(&mut self, node: &HostPort, command: &Cmd) -> Result<Value, Failure> {
        if self.importing.as_ref().is_none_or(|link| link.node != *node) {
            self.importing = Some(self.server.open(node).await?);
        }
        let importing = self.importing.as_mut().unwrap_or(&mut self.link);
        let mut asking = redis::pipe();
        asking.cmd("ASKING").ignore().add_command(command.clone());
        let mut answers = importing.connection.req_packed_commands(&asking, 0, 2).await?;
        self.answered = Some(importing.connection.clone());
        Ok(answers.pop().unwrap_or_default().extract_error()?)
    }

    fn target(&self, error: &RedisError) -> Option<HostPort> {
        let (address, _) = error.redirect_node()?;
        parse_reported(&self.link.node, address)
    }
}
