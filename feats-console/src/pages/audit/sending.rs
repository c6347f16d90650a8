//! Streams a file to a client that may stop reading.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use feats::{Error, ErrorKind, Result};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;

use crate::limit::ExportPermit;

/// The most parts that are buffered for the client.
const PARTS_AHEAD: usize = 16;
/// The longest time between two parts that the client reads.
const READER_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest time for a whole file.
const FILE_TIMEOUT: Duration = Duration::from_secs(120);

/// The export permit, shared by the writer and the body. The first to end releases it.
#[derive(Clone)]
struct Lease(Arc<Mutex<Option<ExportPermit>>>);

/// Produces the parts in a separate task, so that a client that stops reading holds a permit only for a bounded time: the
/// server does not poll a body while the connection is blocked.
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
                // An incomplete file must not look complete.
                None => Some((Err(Error::new(ErrorKind::Timeout, "the client read too slowly")), None)),
            }
        }
    })
}

/// Sends the parts and returns `true` if the client took all of them.
async fn write(parts: impl Stream<Item = Result<Bytes>>, sender: &mpsc::Sender<Result<Bytes>>) -> bool {
    let mut parts = std::pin::pin!(parts);
    while let Some(part) = parts.next().await {
        let taken = tokio::time::timeout(READER_TIMEOUT, sender.send(part)).await;
        if !matches!(taken, Ok(Ok(()))) {
            return false;
        }
    }
    drain(sender).await
}

/// Waits until the client has taken the buffered parts, and returns `false` if it stops reading.
async fn drain(sender: &mpsc::Sender<Result<Bytes>>) -> bool {
    for free in 1..=PARTS_AHEAD {
        let taken = tokio::time::timeout(READER_TIMEOUT, sender.reserve_many(free)).await;
        if !matches!(taken, Ok(Ok(_))) {
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
    async fn a_client_that_stops_reading_loses_the_permit_and_gets_an_error() {
        let exports = Exports::default();
        let permit = exports.begin(Some("ada")).expect("a permit is free");
        let mut body = std::pin::pin!(stream_parts(parts(1_000), permit));
        assert!(body.next().await.is_some_and(|part| part.is_ok()));
        tokio::time::sleep(READER_TIMEOUT + Duration::from_secs(1)).await;
        assert!(exports.begin(Some("ada")).is_ok());
        let rest: Vec<_> = body.collect().await;
        assert!(rest.last().is_some_and(Result::is_err), "{} parts", rest.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_slowly_is_cut_off() {
        let exports = Exports::default();
        let mut body =
            std::pin::pin!(stream_parts(parts(1_000_000), exports.begin(Some("ada")).expect("a permit is free")));
        let mut read = 0_u32;
        while body.next().await.is_some_and(|part| part.is_ok()) {
            read += 1;
            tokio::time::sleep(READER_TIMEOUT / 2).await;
        }
        assert!(read < 100, "{read} parts");
        assert!(exports.begin(Some("ada")).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_that_fits_the_buffer_holds_the_permit_until_the_client_has_read_it() {
        let exports = Exports::default();
        let body = stream_parts(parts(2), exports.begin(Some("ada")).expect("a permit is free"));
        tokio::time::sleep(READER_TIMEOUT / 2).await;
        assert!(exports.begin(Some("ada")).is_err(), "the file is not read");
        let read: Vec<_> = body.collect().await;
        assert!(read.len() == 2 && read.iter().all(Result::is_ok));
        assert!(exports.begin(Some("ada")).is_ok());
    }

    #[tokio::test]
    async fn complete_and_abandoned_files_release_the_permit() {
        let exports = Exports::default();
        let body = stream_parts(parts(1_000), exports.begin(Some("ada")).expect("a permit is free"));
        let read: Vec<_> = body.collect().await;
        assert!(read.len() == 1_000 && read.iter().all(Result::is_ok));
        drop(stream_parts(parts(1_000), exports.begin(Some("ada")).expect("the permit was released")));
        assert!(exports.begin(Some("ada")).is_ok());
    }
}
