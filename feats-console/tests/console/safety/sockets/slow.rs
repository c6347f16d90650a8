//! Slow senders and readers. The tests wait for real timeouts, all at the same time.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpSocket;
use tokio::time::{Instant, interval};

use super::{Connection, SAME_ORIGIN, SOON, Server, get, head, header};
use crate::fixture::console;
use crate::safety::sizes::console_of_revisions;

/// Longer than the console's timeouts of bodies and readers.
const IN_TIME: Duration = Duration::from_secs(18);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_senders_and_readers_are_disconnected_without_affecting_others() {
    let sending = console().await;
    // The file has 18 MB, more than the buffers of a connection.
    let reading = console_of_revisions(1_000, &"\"".repeat(9_000), |_| json!({})).await;
    let servers = (Server::start(&sending).await, Server::start(&reading).await);
    tokio::join!(
        is_disconnected(&servers.0, "Content-Length: 100\r\n", "n"),
        is_disconnected(&servers.0, "Content-Length: 100\r\n", ""),
        is_disconnected(&servers.0, "Transfer-Encoding: chunked\r\n", "5\r\nna"),
        trickles(&servers.0),
        others_export(&servers.1),
    );
    assert_eq!(sending.version("Payments"), 0);
    servers.0.still_works().await;
}

/// A sender who stops after at most one byte.
async fn is_disconnected(server: &Server, length: &str, begun: &str) {
    let mut connection = server.connect().await;
    let begun = head("ada", "/publish", &format!("{SAME_ORIGIN}{length}")) + begun;
    connection.send(begun.as_bytes()).await;
    let reply = tokio::time::timeout(IN_TIME, connection.reply()).await.expect("a response");
    assert_eq!(reply.map(|reply| reply.status), Some(408), "{begun}");
}

/// Occasional bytes do not extend the timeout.
async fn trickles(server: &Server) {
    let mut connection = server.connect().await;
    let head = head("ada", "/publish", &format!("{SAME_ORIGIN}Content-Length: 1000\r\n"));
    connection.send(head.as_bytes()).await;
    let (begun, mut next) = (Instant::now(), interval(Duration::from_millis(500)));
    loop {
        tokio::select! {
            _ = connection.receive() => break,
            _ = next.tick() => {}
        }
        assert!(begun.elapsed() < IN_TIME, "the connection is still open");
        connection.send(b"x").await;
    }
    let reply = connection.reply().await;
    assert!(matches!(reply.map(|reply| reply.status), None | Some(408)));
}

/// A reader who requests a file and does not read it.
async fn stalled(server: &Server, user: &str) -> Connection {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4 << 10).expect("a small buffer");
    let mut connection =
        Connection { stream: socket.connect(server.address).await.expect("connected"), received: Vec::new() };
    connection.send(get(user, "/audit.csv").as_bytes()).await;
    // The export has started once its first byte arrives.
    connection.stream.readable().await.expect("an answer");
    connection
}

async fn others_export(server: &Server) {
    let _stalled = (stalled(server, "ada").await, stalled(server, "eve").await);
    let busy = server.get("grace", "/audit.csv").await;
    assert!(busy.status == 503 && header(&busy.head, "retry-after").is_some(), "{}", busy.head);
    // Stalled readers affect neither anonymous users nor other pages.
    let page = tokio::time::timeout(SOON, server.get("grace", "/features")).await.expect("in time");
    assert_eq!(page.status, 200);
    let (begun, mut next) = (Instant::now(), interval(Duration::from_millis(500)));
    loop {
        next.tick().await;
        if server.get("grace", "/instances").await.status == 200
            && status_of(server, "grace", "/audit.json").await == 200
        {
            break;
        }
        assert!(begun.elapsed() < IN_TIME, "the stalled export does not end");
    }
}

/// Returns only the status, without reading the file.
async fn status_of(server: &Server, user: &str, path: &str) -> u16 {
    let mut connection = server.connect().await;
    connection.send(get(user, path).as_bytes()).await;
    let mut line = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut connection.stream, &mut line).await.expect("a status");
    std::str::from_utf8(&line[9..]).expect("text").parse().expect("a number")
}
