//! MariaDB: the contract suite, and what can happen to a server.

mod refusals;
mod suite;

use std::sync::OnceLock;

use feats_servers::MariaDb as Server;

/// The server that the tests share, where MariaDB is installed.
pub fn server() -> Option<&'static Server> {
    static SHARED: OnceLock<Server> = OnceLock::new();
    Server::available().then(|| SHARED.get_or_init(Server::start))
}
