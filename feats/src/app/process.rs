//! The process-wide app: at most one runs at a time, and after its shutdown another one can be started.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::running::App;
use crate::error::{Error, ErrorKind, Result};
use crate::tasks::Process;

/// The process-wide app. It is lock-free, because a process may be forked while another thread holds a lock.
static PROCESS: ArcSwapOption<ProcessState> = ArcSwapOption::const_empty();

#[derive(Clone, Default)]
struct ProcessState {
    /// The app that was started last; it may be stopped.
    app: Option<App>,
    /// The process that is starting an app.
    starting: Option<Process>,
}

/// The exclusive right to start the process-wide app. It is released when dropped.
pub(super) struct Reservation {
    /// The app that becomes the process-wide one on release.
    app: Option<App>,
}

impl App {
    /// Returns the process-wide app that was started last; `None` if none was started. It may have been
    /// [shut down](Self::shutdown).
    pub fn current() -> Option<App> {
        PROCESS.load().as_ref()?.app.clone()
    }
}

/// Reserves the start of the process-wide app.
///
/// # Errors
/// [`ErrorKind::AlreadyStarted`] if one runs or is being started, in this process.
pub(super) fn reserve() -> Result<Reservation> {
    loop {
        let loaded = PROCESS.load();
        let state = loaded.as_deref().cloned().unwrap_or_default();
        let is_starting = state.starting.is_some_and(|process| !process.is_forked());
        if is_starting || state.app.as_ref().is_some_and(App::is_running) {
            return Err(already_started());
        }
        let reserved = ProcessState { app: state.app.clone(), starting: Some(Process::current()) };
        let previous = PROCESS.compare_and_swap(&*loaded, Some(Arc::new(reserved)));
        let is_unchanged = previous.as_ref().map(Arc::as_ptr) == loaded.as_ref().map(Arc::as_ptr);
        if is_unchanged {
            return Ok(Reservation { app: state.app });
        }
    }
}

impl Reservation {
    /// Makes the started app the process-wide one.
    pub(super) fn complete(mut self, app: App) {
        self.app = Some(app);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        PROCESS.store(Some(Arc::new(ProcessState { app: self.app.take(), starting: None })));
    }
}

fn already_started() -> Error {
    let message = "the process-wide app is already started; use App::current(), or detached() for a second app";
    Error::new(ErrorKind::AlreadyStarted, message)
}
