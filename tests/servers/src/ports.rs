//! Free ports.

use std::net::{Ipv4Addr, TcpListener};

/// Below the range from which systems take the ports of outgoing connections: one of those could take the port of a
/// server that is being restarted, and a client that reconnects could even reach itself.
const RANGE: std::ops::Range<u16> = 10_000..22_000;

/// How far the bus of a cluster's node is from its port.
const BUS: u16 = 10_000;

/// A port on which nobody listens at the moment. Somebody may before it is used: try again with another one then.
pub(crate) fn free() -> u16 {
    find(is_free)
}

/// The same, for the node of a cluster, which needs a second one.
pub(crate) fn free_with_bus() -> u16 {
    find(|port| is_free(port) && is_free(port + BUS))
}

fn find(is_free: impl Fn(u16) -> bool) -> u16 {
    let mut candidates = std::iter::repeat_with(|| fastrand::u16(RANGE)).take(10_000);
    candidates.find(|port| is_free(*port)).expect("a free port")
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}
