//! The process-wide app: there is at most one that runs, and after its end another one can be started.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::running::App;
use crate::error::{Error, ErrorKind, Result};
use crate::tasks::Process;

/// What the process has. Without locks: a process may be forked at any moment.
static PROCESS: ArcSwapOption<State> = ArcSwapOption::const_empty();

#[derive(Clone, Default)]
struct State {
    /// The app that was started last; it may be stopped.
    app: Option<App>,
    /// The process in which another one is being started.
    starting: Option<Process>,
}

/// The right to start the process-wide app, which nobody else has meanwhile. Dropped without one, it is given back.
pub(super) struct Reservation {
    before: Option<App>,
}

impl App {
    /// The process-wide app that was started last, once one is; it may be [shut down](Self::shutdown).
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
        let known = PROCESS.load();
        let state = known.as_deref().cloned().unwrap_or_default();
        let is_starting = state.starting.is_some_and(|process| !process.is_forked());
        if is_starting || state.app.as_ref().is_some_and(App::is_running) {
            return Err(already_started());
        }
        let reserved = State { app: state.app.clone(), starting: Some(Process::current()) };
        let before = PROCESS.compare_and_swap(&*known, Some(Arc::new(reserved)));
        let is_unchanged = before.as_ref().map(Arc::as_ptr) == known.as_ref().map(Arc::as_ptr);
        if is_unchanged {
            return Ok(Reservation { before: state.app });
        }
    }
}

impl Reservation {
    /// The app is started.
    pub(super) fn fill(mut self, app: App) {
        self.before = Some(app);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        PROCESS.store(Some(Arc::new(State { app: self.before.take(), starting: None })));
    }
}

fn already_started() -> Error {
    let message = "the process-wide app is already started; use App::current(), or detached() for another one";
    Error::new(ErrorKind::AlreadyStarted, message)
}
