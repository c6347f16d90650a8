//! Channels: a socket, with or without TLS, whose messages have a limit in bytes and in time.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, ServerConnection, StreamOwned};
use thrift::protocol::{TBinaryInputProtocol, TBinaryOutputProtocol};
use thrift::transport::{TBufferedReadTransport, TBufferedWriteTransport};

/// A protocol that reads messages from a channel.
pub(super) type Input = TBinaryInputProtocol<TBufferedReadTransport<Channel>>;

/// A protocol that writes messages to a channel.
pub(super) type Output = TBinaryOutputProtocol<TBufferedWriteTransport<Channel>>;

/// The maximum number of elements of a list or map in a message.
const MAX_ELEMENTS: usize = 10_000;

/// The maximum nesting depth of a message; that of the service is 4.
const MAX_DEPTH: usize = 8;

/// A channel. Clones are the same channel, for its reader and its writer.
#[derive(Clone)]
pub(super) struct Channel(Arc<Mutex<Stream>>);

/// A socket with the limits of the current message.
struct Stream {
    connection: Connection,
    /// The number of bytes that may still be read.
    budget: usize,
    deadline: Instant,
    /// The time limit from the first byte of a message, until that arrives.
    from_first_byte: Option<Duration>,
}

/// A socket, with or without TLS.
pub(super) enum Connection {
    Plain(TcpStream),
    Client(Box<StreamOwned<ClientConnection, TcpStream>>),
    Server(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Channel {
    /// Creates a channel that reads at most `budget` bytes, and reads and writes for at most `time`.
    pub(super) fn new(connection: Connection, budget: usize, time: Duration) -> Self {
        let deadline = Instant::now() + time;
        Self(Arc::new(Mutex::new(Stream { connection, budget, deadline, from_first_byte: None })))
    }

    /// Sets the limits of the next message: its size, the wait for its first byte, and the time from there.
    pub(super) fn await_message(&self, budget: usize, wait: Duration, time: Duration) {
        let mut stream = self.lock();
        stream.budget = budget;
        stream.deadline = Instant::now() + wait;
        stream.from_first_byte = Some(time);
    }

    /// Returns `true` if no byte of the message has arrived.
    pub(super) fn is_awaiting(&self) -> bool {
        self.lock().from_first_byte.is_some()
    }

    /// Sets the time limit of the rest of the message.
    pub(super) fn limit_time(&self, time: Duration) {
        self.lock().deadline = Instant::now() + time;
    }

    /// Returns the reading and the writing protocol. `max_bytes` is the maximum size of a string. A strict one accepts only messages
    /// with the version of the protocol.
    ///
    /// # Errors
    /// Never with these limits.
    pub(super) fn protocols(&self, max_bytes: usize, is_strict: bool) -> thrift::Result<(Input, Output)> {
        let limits = thrift::TConfiguration::builder()
            .max_message_size(Some(max_bytes))
            .max_frame_size(Some(max_bytes))
            .max_string_size(Some(max_bytes))
            .max_container_size(Some(MAX_ELEMENTS))
            .max_recursion_depth(Some(MAX_DEPTH))
            .build()?;
        let input = TBinaryInputProtocol::with_config(TBufferedReadTransport::new(self.clone()), is_strict, limits);
        let output = TBinaryOutputProtocol::new(TBufferedWriteTransport::new(self.clone()), true);
        Ok((input, output))
    }

    /// Returns the certificate of the client, in DER, if there is one.
    pub(super) fn client_certificate(&self) -> Option<Vec<u8>> {
        match &self.lock().connection {
            Connection::Server(stream) => Some(stream.conn.peer_certificates()?.first()?.to_vec()),
            Connection::Plain(_) | Connection::Client(_) => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Stream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    /// Limits the next operation of the socket to the rest of the time.
    fn limit_time(&mut self) -> io::Result<()> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let socket = self.connection.socket();
        socket.set_read_timeout(Some(left))?;
        socket.set_write_timeout(Some(left))
    }
}

impl Connection {
    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => socket,
            Self::Client(stream) => &stream.sock,
            Self::Server(stream) => &stream.sock,
        }
    }

    fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::Plain(socket) => socket,
            Self::Client(stream) => &mut **stream,
            Self::Server(stream) => &mut **stream,
        }
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Plain(socket) => socket,
            Self::Client(stream) => &mut **stream,
            Self::Server(stream) => &mut **stream,
        }
    }
}

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut stream = self.lock();
        stream.limit_time()?;
        let limit = buffer.len().min(stream.budget);
        if limit == 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the message is too large"));
        }
        let Some(buffer) = buffer.get_mut(..limit) else { return Ok(0) };
        let read = stream.connection.reader().read(buffer).map_err(timed_out)?;
        stream.budget = stream.budget.saturating_sub(read);
        if let Some(time) = stream.from_first_byte.take_if(|_| read > 0) {
            stream.deadline = Instant::now() + time;
        }
        Ok(read)
    }
}

impl Write for Channel {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let mut stream = self.lock();
        stream.limit_time()?;
        stream.connection.writer().write(buffer).map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut stream = self.lock();
        stream.limit_time()?;
        stream.connection.writer().flush().map_err(timed_out)
    }
}

/// Returns the error of an operation, which is `WouldBlock` on some systems if its time has passed.
fn timed_out(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::WouldBlock { io::ErrorKind::TimedOut.into() } else { error }
}
