//! Free ports.

use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Below the range from which systems take the ports of outgoing connections: one of those could take the port of a
/// server that is being restarted, and a client that reconnects could even reach itself.
const RANGE: std::ops::Range<u16> = 10_000..22_000;

/// How far the bus of a cluster's node is from its port.
const BUS: u16 = 10_000;

/// The ports that this process has given away. The one of a server that was killed is free, but it is not to be had:
/// programs that wait for that server would take another one for it.
static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);

/// A port on which nobody listens at the moment. Somebody may before it is used: try again with another one then.
pub(crate) fn free() -> u16 {
    find(is_free)
}

/// The same, for the node of a cluster, which needs a second one.
pub(crate) fn free_with_bus() -> u16 {
    find(|port| is_free(port) && is_new(port + BUS) && is_free(port + BUS))
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

/// Whether a port was not given away yet; from now on it is.
fn is_new(port: u16) -> bool {
    GIVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(port)
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
