//! A server program in a directory, on a port that stays the same when it is restarted.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use crate::process::{Process, log};
use crate::until;

/// A server program with its arguments.
pub(crate) struct Daemon {
    // Declared before the directory, so that the process ends before its directory is deleted.
    process: Mutex<Option<Process>>,
    program: String,
    arguments: Vec<String>,
    directory: TempDir,
}

/// The number of ports to try: another process may take a free port before the server does.
pub(crate) const ATTEMPTS: usize = 20;

impl Daemon {
    pub(crate) fn new(directory: TempDir, program: impl Into<String>, arguments: Vec<String>) -> Self {
        Self { process: Mutex::new(None), program: program.into(), arguments, directory }
    }

    /// Returns an empty directory for the data of a server.
    pub(crate) fn directory_for_data() -> TempDir {
        tempfile::Builder::new().prefix("feats-").tempdir().expect("a directory")
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Starts the program and waits until it answers. Returns `false` if it ended before.
    pub(crate) fn launch(&self, mut answers: impl FnMut() -> bool) -> bool {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        let mut process = Process::start(&self.program, &arguments, self.directory());
        let mut ended = false;
        until("the server answers", || {
            ended = process.ended().is_some();
            ended || answers()
        });
        if !ended {
            *self.process() = Some(process);
        }
        !ended
    }

    /// Kills the program with `kill -9`.
    pub(crate) fn kill(&self) {
        *self.process() = None;
    }

    /// Suspends the program.
    pub(crate) fn pause(&self) {
        self.process().as_ref().expect("a running server").pause();
    }

    /// Resumes the program.
    pub(crate) fn resume(&self) {
        self.process().as_ref().expect("a running server").resume();
    }

    /// Returns the output of the program.
    pub(crate) fn log(&self) -> String {
        log(self.directory())
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
