//! The background thread of an app: a single-threaded runtime on which all store I/O happens.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::runtime;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::replica::stopped;
use crate::error::{Error, ErrorKind, Result};
use crate::tasks::{Process, catch_panic_async, forked_error};

/// How long one command to a store may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// How long stopping waits for commands under way.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

enum Message {
    Run(Job),
    Stop(oneshot::Sender<()>),
}

/// The background thread of an app. Callers reach it by channel, so they may be on any runtime or none.
///
/// It ends when it is stopped or dropped. A process that was forked from the one that started it has no such thread.
#[derive(Debug)]
pub(crate) struct Worker {
    messages: mpsc::UnboundedSender<Message>,
    process: Process,
}

/// Does something when it is dropped, also by a panic.
struct AtEnd<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(|end| end());
    }
}

impl Worker {
    /// Starts the thread with a future that runs until the worker stops, and calls `ended` when the thread ends, whatever
    /// ends it.
    ///
    /// # Errors
    /// The system gives no thread, or no event queue.
    pub(crate) fn start(
        follow: impl Future<Output = ()> + Send + 'static,
        ended: impl FnOnce() + Send + 'static,
    ) -> Result<Arc<Self>> {
        let failed = |error| Error::new(ErrorKind::Unavailable, "no background thread").with_source(error);
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (messages, received) = mpsc::unbounded_channel();
        let thread = thread::Builder::new().name("feats".to_owned());
        thread
            .spawn(move || {
                let _end = AtEnd(Some(ended));
                runtime.block_on(run(follow, received));
                runtime.shutdown_background();
            })
            .map_err(failed)?;
        Ok(Arc::new(Self { messages, process: Process::current() }))
    }

    /// Runs a future on the thread and waits for its result, at most for the time of a command.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        job: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.call_within(COMMAND_TIMEOUT, job).await
    }

    /// Runs a future on the thread and waits for its result, at most for a time.
    pub(crate) async fn call_within<T: Send + 'static>(
        &self,
        time: Duration,
        job: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.check_process()?;
        let (reply, answer) = oneshot::channel();
        let job = Box::pin(async move {
            let result = tokio::time::timeout(time, catch_panic_async("the background job", job)).await;
            let timeout = |_| Err(Error::new(ErrorKind::Timeout, format!("no answer within {time:?}")));
            let _ = reply.send(result.unwrap_or_else(timeout));
        });
        self.messages.send(Message::Run(job)).map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Runs a future on the thread. Nobody waits for it but the end of the thread, and that for a moment only.
    pub(crate) fn begin(&self, job: impl Future<Output = ()> + Send + 'static) {
        if self.is_forked() {
            return;
        }
        let _ = self.messages.send(Message::Run(Box::pin(job)));
    }

    /// Ends the thread once the commands under way are done.
    pub(crate) async fn stop(&self) {
        if self.is_forked() {
            return;
        }
        let (stopped, done) = oneshot::channel();
        if self.messages.send(Message::Stop(stopped)).is_ok() {
            let _ = done.await;
        }
    }

    /// Whether this process was forked from the one that has the thread.
    pub(crate) fn is_forked(&self) -> bool {
        self.process.is_forked()
    }

    /// # Errors
    /// [`ErrorKind::Stopped`] in a forked process.
    pub(crate) fn check_process(&self) -> Result<()> {
        if self.is_forked() { Err(forked_error()) } else { Ok(()) }
    }
}

async fn run(follow: impl Future<Output = ()> + Send + 'static, mut messages: mpsc::UnboundedReceiver<Message>) {
    let following = tokio::spawn(follow);
    let mut jobs = JoinSet::new();
    let stopped = loop {
        tokio::select! {
            message = messages.recv() => match message {
                Some(Message::Run(job)) => drop(jobs.spawn(job)),
                Some(Message::Stop(stopped)) => break Some(stopped),
                None => break None,
            },
            Some(_) = jobs.join_next() => {}
        }
    };
    messages.close();
    let _ = tokio::time::timeout(STOP_TIMEOUT, async { while jobs.join_next().await.is_some() {} }).await;
    following.abort();
    let _ = following.await;
    let _ = stopped.map(|stopped| stopped.send(()));
}
