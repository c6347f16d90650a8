//! The background thread of an app: a single-threaded runtime that does all store I/O.

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

/// The time limit of one command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// The time for which stopping waits for running commands.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

enum Message {
    Run(Job),
    Stop(oneshot::Sender<()>),
}

/// The background thread of an app. Callers use a channel, so they may be on any runtime or none.
///
/// It ends when it is stopped or dropped. A forked process does not have it.
#[derive(Debug)]
pub(crate) struct Worker {
    messages: mpsc::UnboundedSender<Message>,
    process: Process,
}

/// Calls a function when it is dropped, also during a panic.
struct OnDrop<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        self.0.take().into_iter().for_each(|end| end());
    }
}

impl Worker {
    /// Starts the thread with a future that runs until the worker stops. Calls `ended` when the thread ends for any reason.
    ///
    /// # Errors
    /// The system cannot create a thread or an event queue.
    pub(crate) fn start(
        follow: impl Future<Output = ()> + Send + 'static,
        ended: impl FnOnce() + Send + 'static,
    ) -> Result<Arc<Self>> {
        let failed =
            |error| Error::new(ErrorKind::Unavailable, "the background thread cannot be started").with_source(error);
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (messages, received) = mpsc::unbounded_channel();
        let thread = thread::Builder::new().name("feats".to_owned());
        thread
            .spawn(move || {
                let _end = OnDrop(Some(ended));
                runtime.block_on(run(follow, received));
                runtime.shutdown_background();
            })
            .map_err(failed)?;
        Ok(Arc::new(Self { messages, process: Process::current() }))
    }

    /// Runs a future on the thread and waits for its result, up to the time limit of a command.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        job: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.call_within(COMMAND_TIMEOUT, job).await
    }

    /// Runs a future on the thread and waits for its result, up to a time limit.
    pub(crate) async fn call_within<T: Send + 'static>(
        &self,
        time: Duration,
        job: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.check_process()?;
        let (reply, answer) = oneshot::channel();
        let job = Box::pin(async move {
            let result = tokio::time::timeout(time, catch_panic_async("the background job", job)).await;
            let timeout = |_| Err(Error::new(ErrorKind::Timeout, format!("no result within {time:?}")));
            let _ = reply.send(result.unwrap_or_else(timeout));
        });
        self.messages.send(Message::Run(job)).map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Runs a future on the thread without waiting for it. When the thread ends, it waits up to 5 s for the future.
    pub(crate) fn begin(&self, job: impl Future<Output = ()> + Send + 'static) {
        if self.is_forked() {
            return;
        }
        let _ = self.messages.send(Message::Run(Box::pin(job)));
    }

    /// Ends the thread after the running commands.
    pub(crate) async fn stop(&self) {
        if self.is_forked() {
            return;
        }
        let (stopped, done) = oneshot::channel();
        if self.messages.send(Message::Stop(stopped)).is_ok() {
            let _ = done.await;
        }
    }

    /// Returns `true` if this process was forked from the one with the thread.
    pub(crate) fn is_forked(&self) -> bool {
        self.process.is_forked()
    }

    /// Checks that this process has the thread.
    ///
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
