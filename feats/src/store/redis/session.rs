//! One use of a connection: commands are sent, redirections followed, and the connection goes back or is dropped.

use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster_routing::Slot;
use redis::{Cmd, ErrorKind as Kind, FromRedisValue, Pipeline, RedisError, ServerErrorKind, Value, from_redis_value};
use tokio::time::timeout;

use super::address::{Node, Topology};
use super::connection::{Dedicated, Lease, Link, Server};
use super::error::Failure;
use crate::error::Result;
use crate::tasks::Backoff;

/// How long a command may take.
pub(super) const COMMAND: Duration = Duration::from_secs(5);

/// How often a command is sent somewhere else, or again later, before the cluster is said to be in disorder.
const HOPS: u32 = 16;

/// A connection in use. Only [`settle`](Session::settle) gives it back: whoever fails or is dropped half-way leaves a
/// connection on which an answer may still be coming. One that is shared tells answers apart and stays.
pub(super) struct Session<'a> {
    server: &'a Server,
    link: Link,
    home: Lease<'a>,
    /// A node that is taking over the slot, where there is one.
    importing: Option<Link>,
    /// What answered last.
    answered: Option<MultiplexedConnection>,
}

impl Server {
    /// Shares the connection to whoever serves all keys but assignments.
    pub(super) async fn session(&self) -> Result<Session<'_>> {
        self.session_for(self.keys()?.slot()).await
    }

    /// Shares the connection to whoever serves a key.
    pub(super) async fn session_for_key(&self, key: &str) -> Result<Session<'_>> {
        self.session_for(Slot::for_key(key)).await
    }

    /// Shares the connection to a server.
    pub(super) async fn session_with(&self, node: &Node) -> Result<Session<'_>> {
        let link = self.share_with(node).await.map_err(|failure| self.explain(failure))?;
        Ok(Session::new(self, link, Lease::Shared))
    }

    /// Borrows a connection for this one alone.
    pub(super) async fn session_alone<'a>(&'a self, own: &'a Dedicated) -> Result<Session<'a>> {
        let slot = self.keys()?.slot();
        let (link, home) = self.lend(own, slot).await.map_err(|failure| self.explain(failure))?;
        Ok(Session::new(self, link, home))
    }

    async fn session_for(&self, slot: Slot) -> Result<Session<'_>> {
        let link = self.share(slot).await.map_err(|failure| self.explain(failure))?;
        Ok(Session::new(self, link, Lease::Shared))
    }
}

impl<'a> Session<'a> {
    fn new(server: &'a Server, link: Link, home: Lease<'a>) -> Self {
        Self { server, link, home, importing: None, answered: None }
    }

    pub(super) fn topology(&self) -> &Topology {
        &self.server.options.address.topology
    }

    /// The store's name.
    pub(super) fn name(&self) -> String {
        self.server.name()
    }

    /// Sends a command and waits for its answer.
    pub(super) async fn command<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, Failure> {
        self.command_within(COMMAND, command).await
    }

    /// The same for a command that may take another time.
    pub(super) async fn command_within<T: FromRedisValue>(
        &mut self,
        time: Duration,
        command: &Cmd,
    ) -> Result<T, Failure> {
        let answer = timeout(time, self.follow(command)).await.map_err(|_| Failure::Late(time))??;
        Ok(from_redis_value(answer)?)
    }

    /// Sends a command to whoever answered last, on the same connection.
    pub(super) async fn afterwards<T: FromRedisValue>(&mut self, time: Duration, command: &Cmd) -> Result<T, Failure> {
        let connection = self.answered.as_mut().unwrap_or(&mut self.link.connection);
        Ok(timeout(time, command.query_async(connection)).await.map_err(|_| Failure::Late(time))??)
    }

    /// Sends many commands at once; each has an answer of its own, which may be an error. No redirection is followed.
    pub(super) async fn pipeline(&mut self, commands: &Pipeline) -> Result<Vec<Value>, Failure> {
        let sent = self.link.connection.req_packed_commands(commands, 0, commands.len());
        Ok(timeout(COMMAND, sent).await.map_err(|_| Failure::Late(COMMAND))??)
    }

    /// Ends the use of the connection, and puts what went wrong into words.
    pub(super) async fn settle<T>(self, outcome: Result<T, Failure>) -> Result<T> {
        let spoiled = outcome.as_ref().is_err_and(Failure::poisons);
        self.server.take_back(self.link, self.home, spoiled).await;
        outcome.map_err(|failure| self.server.explain(failure))
    }

    /// Sends a command to where it belongs, wherever the cluster says that is.
    async fn follow(&mut self, command: &Cmd) -> Result<Value, Failure> {
        let (mut hops, backoff) = (0, Backoff::brief());
        loop {
            let error = match self.send(command).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            hops += 1;
            let Kind::Server(kind) = error.kind() else { return Err(error.into()) };
            if hops > HOPS || !matches!(self.topology(), Topology::Cluster(_)) {
                return Err(error.into());
            }
            match (kind, self.target(&error)) {
                (ServerErrorKind::Moved, Some(node)) => {
                    self.server.forget_directory().await;
                    self.link = self.server.open(&node).await?;
                }
                (ServerErrorKind::Ask, Some(node)) => match self.ask(&node, command).await {
                    Ok(answer) => return Ok(answer),
                    // Of several keys some are here and some are there. Soon all will be there.
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

    /// Sends a command to a node that is still taking over the slot.
    async fn ask(&mut self, node: &Node, command: &Cmd) -> Result<Value, Failure> {
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

    fn target(&self, error: &RedisError) -> Option<Node> {
        let (address, _) = error.redirect_node()?;
        Node::named_by(&self.link.node, address)
    }
}
