//! The thread that writes lines.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::error::{Error, ErrorKind, Result};

/// The maximum number of lines that wait for the writer.
const MAX_WAITING_LINES: usize = 1024;

/// The time limit of a flush.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(5);

/// The queue of the lines, and the number of those that were dropped.
pub(super) struct Output {
    queue: Sender<Message>,
    dropped: Arc<AtomicU64>,
    /// `true` once the end of the thread was logged.
    is_end_logged: AtomicBool,
}

enum Message {
    Line(String),
    /// Answered once all lines before it are written.
    Flush(oneshot::Sender<()>),
}

/// The writer, on its thread.
struct Lines<W> {
    writer: W,
    dropped: Arc<AtomicU64>,
    has_failed: bool,
}

impl Output {
    /// Starts the thread. Without it, all lines are dropped.
    pub(super) fn start(writer: impl io::Write + Send + 'static) -> Self {
        let (queue, waiting) = channel(MAX_WAITING_LINES);
        let dropped = Arc::new(AtomicU64::new(0));
        let lines = Lines { writer, dropped: dropped.clone(), has_failed: false };
        let started = thread::Builder::new().name("feats-recording".to_owned()).spawn(move || lines.run(waiting));
        if let Err(error) = started {
            tracing::warn!(%error, "calls of the store are not recorded: the thread cannot be started");
        }
        Self { queue, dropped, is_end_logged: AtomicBool::new(false) }
    }

    /// Queues a line, or drops it. Never waits.
    pub(super) fn write(&self, line: String) {
        let Err(error) = self.queue.try_send(Message::Line(line)) else { return };
        self.dropped.fetch_add(1, Ordering::Relaxed);
        if matches!(error, TrySendError::Closed(_)) && !self.is_end_logged.swap(true, Ordering::Relaxed) {
            tracing::warn!("calls of the store are not recorded any more: the thread has ended");
        }
    }

    /// Waits until all lines so far are written.
    pub(super) async fn flush(&self) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        let flushed = async { self.queue.send(Message::Flush(answer)).await.is_ok() && answered.await.is_ok() };
        match timeout(FLUSH_TIMEOUT, flushed).await {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err(Error::new(ErrorKind::Stopped, "the thread that records calls has ended: its writer panicked"))
            }
            Err(_) => {
                let message = format!("the writer did not write the recorded calls within {FLUSH_TIMEOUT:?}");
                Err(Error::new(ErrorKind::Timeout, message))
            }
        }
    }
}

impl<W: io::Write> Lines<W> {
    /// Writes lines until the queue has no sender.
    fn run(mut self, mut waiting: Receiver<Message>) {
        while let Some(first) = waiting.blocking_recv() {
            self.handle(first);
            while let Ok(next) = waiting.try_recv() {
                self.handle(next);
            }
            self.flush();
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Line(line) => self.line(&line),
            Message::Flush(answer) => {
                self.report_dropped();
                self.flush();
                // The caller may not wait any more.
                let _ = answer.send(());
            }
        }
    }

    fn line(&mut self, line: &str) {
        self.report_dropped();
        let written = self.writer.write_all(line.as_bytes());
        self.note(written, 1);
    }

    /// Writes the number of lines that were dropped since the last line.
    fn report_dropped(&mut self) {
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let written = self.writer.write_all(format!("{{\"dropped\":{dropped}}}\n").as_bytes());
            self.note(written, dropped);
        }
    }

    fn flush(&mut self) {
        let flushed = self.writer.flush();
        self.note(flushed, 0);
    }

    /// Counts the lines that a failed write has lost, and logs the first failure.
    fn note(&mut self, written: io::Result<()>, lines: u64) {
        let Err(error) = written else { return };
        self.dropped.fetch_add(lines, Ordering::Relaxed);
        if !self.has_failed {
            self.has_failed = true;
            tracing::warn!(%error, "calls of the store cannot be recorded; the calls go on");
        }
    }
}
