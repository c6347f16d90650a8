//! A proxy in front of a server that can delay, cut and stall connections.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};

use crate::ports;

/// The behavior of a proxy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Link {
    /// Forwards everything without changes.
    Pass,
    /// Delays data each direction, and resets a connection with a probability for every piece of a reply.
    Slow {
        /// The delay, each direction.
        delay: Duration,
        /// The probability, from 0 to 1.
        resets: f64,
    },
    /// Closes every connection after a number of further bytes of replies.
    Cut {
        /// The number of bytes that are still forwarded.
        after: usize,
    },
    /// Resets every connection, including new ones.
    Refuse,
    /// Forwards nothing and resets nothing. Data arrives when the behavior changes, as with TCP.
    BlackHole,
}

/// A proxy in front of a server, with its own port.
pub struct Proxy {
    port: u16,
    link: watch::Sender<Link>,
    accepted: Arc<Mutex<Vec<Instant>>>,
    requests: Arc<AtomicUsize>,
    runtime: Option<Runtime>,
}

/// The direction of data in a connection.
#[derive(Clone, Copy, PartialEq)]
enum Direction {
    There,
    Back,
}

/// A piece of data with the time at which it was received.
type Piece = (Instant, Vec<u8>);

impl Proxy {
    /// Starts a proxy for a port of `127.0.0.1` that forwards everything.
    ///
    /// # Panics
    /// Panics if it cannot listen.
    pub fn to(port: u16) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let (listener, own) = ports::listen();
        let server = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let (link, state) = watch::channel(Link::Pass);
        let accepted = Arc::new(Mutex::new(Vec::new()));
        let requests = Arc::new(AtomicUsize::new(0));
        runtime.spawn(accept(listener, server, state, accepted.clone(), requests.clone()));
        Self { port: own, link, accepted, requests, runtime: Some(runtime) }
    }

    /// Returns the port of the proxy.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the URL `redis://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Changes the behavior for existing and new connections.
    pub fn set(&self, link: Link) {
        self.link.send_replace(link);
    }

    /// Returns the number of pieces of data that clients have sent. A small request is one piece.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Returns the time of each connection, including refused ones.
    pub fn connections(&self) -> Vec<Instant> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Without waiting, because a test may drop the proxy within a runtime.
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

async fn accept(
    listener: std::net::TcpListener,
    server: SocketAddr,
    link: watch::Receiver<Link>,
    accepted: Arc<Mutex<Vec<Instant>>>,
    requests: Arc<AtomicUsize>,
) {
    let listener = TcpListener::from_std(listener).expect("a listener for this runtime");
    while let Ok((client, _)) = listener.accept().await {
        accepted.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        tokio::spawn(connect(client, server, link.clone(), requests.clone()));
    }
}

/// Forwards one connection until either side or the proxy closes it.
async fn connect(
    mut client: TcpStream,
    server: SocketAddr,
    link: watch::Receiver<Link>,
    requests: Arc<AtomicUsize>,
) -> io::Result<()> {
    if *link.borrow() == Link::Refuse {
        return client.set_zero_linger();
    }
    let mut server = TcpStream::connect(server).await?;
    for socket in [&client, &server] {
        socket.set_nodelay(true)?;
    }
    let mut refused = link.clone();
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let replies = AtomicUsize::new(0);
    let reset = tokio::select! {
        reset = carry(from_client, to_server, Direction::There, link.clone(), &requests) => reset?,
        reset = carry(from_server, to_client, Direction::Back, link, &replies) => reset?,
        _ = refused.wait_for(|link| *link == Link::Refuse) => true,
    };
    if reset { client.set_zero_linger() } else { Ok(()) }
}

/// Forwards one direction of a connection. Its end closes the connection. Returns `true` if the proxy resets the connection.
async fn carry(
    from: ReadHalf<'_>,
    to: WriteHalf<'_>,
    direction: Direction,
    link: watch::Receiver<Link>,
    received: &AtomicUsize,
) -> io::Result<bool> {
    let (sender, pieces) = mpsc::channel(64);
    let mut delivering = pin!(deliver(pieces, to, direction, link));
    tokio::select! {
        ended = &mut delivering => ended,
        () = receive(from, sender, received) => delivering.await,
    }
}

/// Receives data until the connection is closed, and counts its pieces.
async fn receive(mut from: ReadHalf<'_>, pieces: mpsc::Sender<Piece>, received: &AtomicUsize) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        received.fetch_add(1, Ordering::Relaxed);
        let piece = buffer.get(..read).unwrap_or_default().to_vec();
        if pieces.send((Instant::now(), piece)).await.is_err() {
            break;
        }
    }
}

/// Forwards data with the behavior of the proxy. Returns `true` if the proxy resets the connection.
async fn deliver(
    mut pieces: mpsc::Receiver<Piece>,
    mut to: WriteHalf<'_>,
    direction: Direction,
    mut link: watch::Receiver<Link>,
) -> io::Result<bool> {
    let (mut before, mut delivered) = (Link::Pass, 0);
    while let Some((sent, piece)) = pieces.recv().await {
        let Ok(now) = link.wait_for(|link| *link != Link::BlackHole).await.map(|link| *link) else { break };
        if now != before {
            (before, delivered) = (now, 0);
        }
        match now {
            Link::Slow { resets, .. } if direction == Direction::Back && fastrand::f64() < resets => return Ok(true),
            Link::Slow { delay, .. } => tokio::time::sleep_until((sent + delay).into()).await,
            Link::Cut { after } if direction == Direction::Back && delivered + piece.len() > after => {
                return to.write_all(piece.get(..after - delivered).unwrap_or_default()).await.map(|()| false);
            }
            _ => {}
        }
        delivered += piece.len();
        to.write_all(&piece).await?;
    }
    Ok(false)
}
