//! Sending a file to a reader who may stop reading.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use feats::{Error, ErrorKind, Result};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;

use crate::limit::ExportPermit;

/// How many parts are made before the reader takes them.
const PARTS_AHEAD: usize = 16;
/// How long a reader may take none.
const READER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a whole file may take.
const FILE_TIMEOUT: Duration = Duration::from_secs(120);

/// The right to write, until the first of its owners gives it back: the writer in time, or the body, however it ends.
#[derive(Clone)]
struct Lease(Arc<Mutex<Option<ExportPermit>>>);

/// Makes the parts in a task of its own, so that a reader who does not read holds a permit for a bounded time: a server asks a
/// body for nothing while the connection takes nothing.
pub(super) fn stream_parts(
    parts: impl Stream<Item = Result<Bytes>> + Send + 'static,
    permit: ExportPermit,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let (sender, receiver) = mpsc::channel(PARTS_AHEAD);
    let is_complete = Arc::new(AtomicBool::new(false));
    let lease = Lease(Arc::new(Mutex::new(Some(permit))));
    let (writer, ended) = (lease.clone(), Arc::clone(&is_complete));
    tokio::spawn(async move {
        if let Ok(true) = tokio::time::timeout(FILE_TIMEOUT, write(parts, &sender)).await {
            ended.store(true, Ordering::Release);
        }
        writer.end();
    });
    stream::unfold(Some((receiver, lease)), move |reading| {
        let is_complete = Arc::clone(&is_complete);
        async move {
            let (mut receiver, lease) = reading?;
            match receiver.recv().await {
                Some(part) => Some((part, Some((receiver, lease)))),
                None if is_complete.load(Ordering::Acquire) => None,
                // A file that ends early must not look like a whole one.
                None => Some((Err(Error::new(ErrorKind::Timeout, "the reader was too slow")), None)),
            }
        }
    })
}

/// Whether all parts were taken.
async fn write(parts: impl Stream<Item = Result<Bytes>>, sender: &mpsc::Sender<Result<Bytes>>) -> bool {
    let mut parts = std::pin::pin!(parts);
    while let Some(part) = parts.next().await {
        let taken = tokio::time::timeout(READER_TIMEOUT, sender.send(part)).await;
        if !matches!(taken, Ok(Ok(()))) {
            return false;
        }
    }
    true
}

impl Lease {
    fn end(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::Exports;

    fn parts(count: usize) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
        stream::iter((0..count).map(|_| Ok(Bytes::from_static(b"part"))))
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_does_not_read_gives_the_permit_back_and_gets_no_whole_file() {
        let exports = Exports::default();
        let permit = exports.begin(Some("ada")).expect("there is room");
        let mut body = std::pin::pin!(stream_parts(parts(1_000), permit));
        assert!(body.next().await.is_some_and(|part| part.is_ok()));
        tokio::time::sleep(READER_TIMEOUT + Duration::from_secs(1)).await;
        assert!(exports.begin(Some("ada")).is_ok());
        let rest: Vec<_> = body.collect().await;
        assert!(rest.last().is_some_and(Result::is_err), "{} parts", rest.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_who_reads_a_little_is_cut_off_in_the_end() {
        let exports = Exports::default();
        let mut body =
            std::pin::pin!(stream_parts(parts(1_000_000), exports.begin(Some("ada")).expect("there is room")));
        let mut read = 0_u32;
        while body.next().await.is_some_and(|part| part.is_ok()) {
            read += 1;
            tokio::time::sleep(READER_TIMEOUT / 2).await;
        }
        assert!(read < 100, "{read} parts");
        assert!(exports.begin(Some("ada")).is_ok());
    }

    #[tokio::test]
    async fn a_file_that_is_read_is_whole_and_one_that_is_given_up_holds_nothing() {
        let exports = Exports::default();
        let body = stream_parts(parts(1_000), exports.begin(Some("ada")).expect("there is room"));
        let read: Vec<_> = body.collect().await;
        assert!(read.len() == 1_000 && read.iter().all(Result::is_ok));
        drop(stream_parts(parts(1_000), exports.begin(Some("ada")).expect("it was given back")));
        assert!(exports.begin(Some("ada")).is_ok());
    }
}
