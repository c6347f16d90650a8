//! Free ports.

use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{LazyLock, Mutex, PoisonError};

/// The range is below that of outgoing connections. Otherwise, such a connection could take the port of a server that is being
/// restarted, and a client that reconnects could even connect to itself.
const RANGE: std::ops::Range<u16> = 10_000..22_000;

/// The offset of the cluster bus from the port of a node.
const BUS_OFFSET: u16 = 10_000;

/// The ports that this process has used. The port of a killed server is not used again, because clients that wait for that
/// server would connect to another one.
static USED: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// Returns a free port. Another process may take it before it is used, so callers must retry with another one.
pub(crate) fn free() -> u16 {
    find(is_free)
}

/// Returns a free port for a node of a cluster, whose bus port is free too.
pub(crate) fn free_with_bus() -> u16 {
    find(|port| is_free(port) && is_new(port + BUS_OFFSET) && is_free(port + BUS_OFFSET))
}

/// Listens on a free port, without blocking.
pub(crate) fn listen() -> (TcpListener, u16) {
    let listening = |port| is_new(port).then(|| Some((bind(port).ok()?, port))).flatten();
    let (listener, port) = candidates().find_map(listening).expect("a free port");
    listener.set_nonblocking(true).expect("a listener that does not block");
    (listener, port)
}

fn find(is_free: impl Fn(u16) -> bool) -> u16 {
    candidates().find(|port| is_new(*port) && is_free(*port)).expect("a free port")
}

/// Marks a port as used. Returns `false` if it was used already.
fn is_new(port: u16) -> bool {
    USED.lock().unwrap_or_else(PoisonError::into_inner).insert(port)
}

fn candidates() -> impl Iterator<Item = u16> {
    std::iter::repeat_with(|| fastrand::u16(RANGE)).take(10_000)
}

fn is_free(port: u16) -> bool {
    bind(port).is_ok()
}

fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}
