//! Attacks over TCP: requests that no HTTP library sends, to a server on the loopback interface.

mod bodies;
mod connections;
mod permissions;
mod slow;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::fixture::{TestConsole, encoded};

/// A generous limit for immediate responses, but shorter than the timeout of bodies.
const SOON: Duration = Duration::from_secs(8);

/// The headers of a form from the console's own page.
const SAME_ORIGIN: &str = "Sec-Fetch-Site: same-origin\r\n";

/// A server of a console. It stops when it is dropped.
struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// A connection to the server.
struct Connection {
    stream: TcpStream,
    /// The received bytes that were not parsed yet.
    received: Vec<u8>,
}

/// A received response.
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Server {
    async fn start(console: &TestConsole) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = console.router();
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Self { address, task }
    }

    async fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).await.expect("connected");
        Connection { stream, received: Vec::new() }
    }

    /// Sends a request on a new connection and returns the response.
    async fn ask(&self, request: &str) -> Reply {
        let mut connection = self.connect().await;
        connection.send(request.as_bytes()).await;
        connection.reply().await.expect("an answer")
    }

    async fn get(&self, user: &str, path: &str) -> Reply {
        self.ask(&get(user, path)).await
    }

    async fn still_works(&self) {
        let reply = self.get("ada", "/features").await;
        assert!(reply.status == 200 && reply.body.contains("Payments"), "{}", reply.head);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Connection {
    /// Sends bytes. Returns `false` if the server has closed the connection.
    async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Returns the next response, or `None` if the server closes the connection.
    async fn reply(&mut self) -> Option<Reply> {
        let head = loop {
            if let Some(end) = self.received.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head: Vec<u8> = self.received.drain(..end + 4).collect();
                break String::from_utf8(head).expect("a head of text");
            }
            if !self.receive().await {
                return None;
            }
        };
        let status = head.split(' ').nth(1).expect("a status").parse().expect("a number");
        let body = match header(&head, "content-length") {
            Some(length) => {
                let length: usize = length.parse().expect("a length");
                while self.received.len() < length && self.receive().await {}
                self.received.drain(..length.min(self.received.len())).collect()
            }
            None if header(&head, "transfer-encoding").is_some() => self.chunks().await,
            None => Vec::new(),
        };
        Some(Reply { status, head, body: String::from_utf8(body).expect("a body of text") })
    }

    /// Reads a chunked body up to its end or the end of the connection.
    async fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let Some(end) = self.received.windows(2).position(|bytes| bytes == b"\r\n") else {
                if self.receive().await {
                    continue;
                }
                return body;
            };
            let line = std::str::from_utf8(&self.received[..end]).expect("a length");
            let length = usize::from_str_radix(line, 16).expect("a length");
            while self.received.len() < end + length + 4 && self.receive().await {}
            let chunk: Vec<u8> = self.received.drain(..(end + length + 4).min(self.received.len())).collect();
            body.extend(chunk.iter().skip(end + 2).take(length));
            if length == 0 {
                return body;
            }
        }
    }

    /// Receives more bytes. Returns `false` at the end of the connection.
    async fn receive(&mut self) -> bool {
        let mut buffer = vec![0; 64 << 10];
        let read = tokio::time::timeout(Duration::from_secs(30), self.stream.read(&mut buffer)).await;
        let read = read.expect("the server answers, or ends the connection").unwrap_or(0);
        self.received.extend_from_slice(&buffer[..read]);
        read > 0
    }
}

/// The value of a header.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn get(user: &str, path: &str) -> String {
    let user = if user.is_empty() { String::new() } else { format!("X-User: {user}\r\n") };
    format!("GET {path} HTTP/1.1\r\nHost: ops.example\r\n{user}\r\n")
}

/// The head of a form with these headers.
fn head(user: &str, path: &str, headers: &str) -> String {
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    format!("POST {path} HTTP/1.1\r\nHost: ops.example\r\nX-User: {user}\r\n{form}{headers}\r\n")
}

/// A complete form with these origin headers.
fn form_from(origin: &str, user: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let body = encoded(fields);
    head(user, path, &format!("{origin}Content-Length: {}\r\n", body.len())) + &body
}

/// A complete form from a page of the console.
fn form(user: &str, path: &str, fields: &[(&str, &str)]) -> String {
    form_from(SAME_ORIGIN, user, path, fields)
}
