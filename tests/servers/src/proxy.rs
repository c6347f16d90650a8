//! A line to a server that can be made slow, cut, or dead.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, watch};

use crate::ports;

/// What a line does with those who use it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Link {
    /// Nothing that they would notice.
    Pass,
    /// It delays what it carries, each way, and resets a connection with this probability for every piece of a reply.
    Slow {
        /// The delay, each way.
        delay: Duration,
        /// The probability, from 0 to 1.
        resets: f64,
    },
    /// It ends every connection after this many more bytes of reply.
    Cut {
        /// The bytes that still arrive.
        after: usize,
    },
    /// It resets every connection, and every new one as soon as it is made.
    Refuse,
    /// It carries nothing and resets nothing. What was sent arrives when the line is better, as with TCP.
    BlackHole,
}

/// A line to a server, on a port of its own.
pub struct Proxy {
    port: u16,
    link: watch::Sender<Link>,
    accepted: Arc<Mutex<Vec<Instant>>>,
    runtime: Option<Runtime>,
}

/// The two ways of a connection.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    There,
    Back,
}

/// A piece of what was sent, and when.
type Piece = (Instant, Vec<u8>);

impl Proxy {
    /// A line to a port of `127.0.0.1` that passes everything.
    ///
    /// # Panics
    /// If it cannot listen.
    pub fn to(port: u16) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let (listener, own) = ports::listen();
        let server = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let (link, state) = watch::channel(Link::Pass);
        let accepted = Arc::new(Mutex::new(Vec::new()));
        runtime.spawn(accept(listener, server, state, accepted.clone()));
        Self { port: own, link, accepted, runtime: Some(runtime) }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `redis://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// From now on the line does this, with connections that there are and those that come.
    pub fn set(&self, link: Link) {
        self.link.send_replace(link);
    }

    /// When each connection was made so far, refused ones too.
    pub fn connections(&self) -> Vec<Instant> {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Not by waiting: a test may drop it within a runtime of its own.
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

async fn accept(
    listener: std::net::TcpListener,
    server: SocketAddr,
    link: watch::Receiver<Link>,
    accepted: Arc<Mutex<Vec<Instant>>>,
) {
    let listener = TcpListener::from_std(listener).expect("a listener for this runtime");
    while let Ok((client, _)) = listener.accept().await {
        accepted.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        tokio::spawn(connect(client, server, link.clone()));
    }
}

/// Carries one connection until either side ends it, or the line does.
async fn connect(mut client: TcpStream, server: SocketAddr, link: watch::Receiver<Link>) -> io::Result<()> {
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
    let reset = tokio::select! {
        reset = carry(from_client, to_server, Way::There, link.clone()) => reset?,
        reset = carry(from_server, to_client, Way::Back, link) => reset?,
        _ = refused.wait_for(|link| *link == Link::Refuse) => true,
    };
    if reset { client.set_zero_linger() } else { Ok(()) }
}

/// Carries one way of a connection. Whatever ends it ends the connection; true if the line resets it.
async fn carry(from: ReadHalf<'_>, to: WriteHalf<'_>, way: Way, link: watch::Receiver<Link>) -> io::Result<bool> {
    let (sender, pieces) = mpsc::channel(64);
    let mut delivering = pin!(deliver(pieces, to, way, link));
    tokio::select! {
        ended = &mut delivering => ended,
        () = receive(from, sender) => delivering.await,
    }
}

/// Takes what is sent, until there is nothing more.
async fn receive(mut from: ReadHalf<'_>, pieces: mpsc::Sender<Piece>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let piece = buffer.get(..read).unwrap_or_default().to_vec();
        if pieces.send((Instant::now(), piece)).await.is_err() {
            break;
        }
    }
}

/// Delivers it as the line does it. True if the line resets the connection.
async fn deliver(
    mut pieces: mpsc::Receiver<Piece>,
    mut to: WriteHalf<'_>,
    way: Way,
    mut link: watch::Receiver<Link>,
) -> io::Result<bool> {
    let (mut before, mut delivered) = (Link::Pass, 0);
    while let Some((sent, piece)) = pieces.recv().await {
        let Ok(now) = link.wait_for(|link| *link != Link::BlackHole).await.map(|link| *link) else { break };
        if now != before {
            (before, delivered) = (now, 0);
        }
        match now {
            Link::Slow { resets, .. } if way == Way::Back && fastrand::f64() < resets => return Ok(true),
            Link::Slow { delay, .. } => tokio::time::sleep_until((sent + delay).into()).await,
            Link::Cut { after } if way == Way::Back && delivered + piece.len() > after => {
                return to.write_all(piece.get(..after - delivered).unwrap_or_default()).await.map(|()| false);
            }
            _ => {}
        }
        delivered += piece.len();
        to.write_all(&piece).await?;
    }
    Ok(false)
}
