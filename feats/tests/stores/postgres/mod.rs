//! PostgreSQL: the contract suite, and what can happen to a server.

mod listener;
mod order;
mod refusals;
mod suite;

use std::sync::OnceLock;

use feats_servers::Postgres as Server;

/// The server that the tests share, where PostgreSQL is installed.
pub fn server() -> Option<&'static Server> {
    static SHARED: OnceLock<Server> = OnceLock::new();
    Server::available().then(|| SHARED.get_or_init(Server::start))
}
