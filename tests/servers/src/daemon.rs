//! A server program in a directory, on a port that stays the same when it is restarted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

use crate::disk::SmallDisk;
use crate::process::{Process, log};
use crate::until;

/// A server program with its port and its arguments.
pub(crate) struct Daemon {
    // Declared before the directory, so that the process ends before its directory is deleted.
    process: Mutex<Option<Process>>,
    program: String,
    arguments: Vec<String>,
    port: u16,
    directory: Directory,
}

/// The directory of a server, which is deleted when it is dropped.
pub(crate) struct Directory {
    // Declared before the folder that contains it.
    disk: Option<SmallDisk>,
    folder: TempDir,
}

/// The number of ports to try: another process may take a free port before the server does.
const ATTEMPTS: usize = 20;

/// The folder of the data in the directory of a server.
pub(crate) const DATA: &str = "data";

/// Starts a server on a free port. `launch` returns the output of a server that ended, for example because its port is taken.
///
/// # Panics
/// Panics if the server does not start.
pub(crate) fn start<S>(name: &str, free: impl Fn() -> u16, launch: impl Fn(u16) -> Result<S, String>) -> S {
    let mut last = String::new();
    for _ in 0..ATTEMPTS {
        match launch(free()) {
            Ok(server) => return server,
            Err(log) => last = log,
        }
    }
    panic!("{name} does not start:\n{last}")
}

impl Daemon {
    pub(crate) fn new(directory: Directory, port: u16, program: impl Into<String>, arguments: Vec<String>) -> Self {
        Self { process: Mutex::new(None), program: program.into(), arguments, port, directory }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Returns the disk of a server that has its own.
    pub(crate) fn disk(&self) -> &SmallDisk {
        self.directory.disk.as_ref().expect("a server with a small disk")
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

    /// Returns `true` if the program is running.
    pub(crate) fn is_running(&self) -> bool {
        self.process().as_mut().is_some_and(|process| process.ended().is_none())
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
        self.process().as_ref().expect("a suspended server").resume();
    }

    /// Returns the output of the program.
    pub(crate) fn log(&self) -> String {
        log(self.directory())
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        // The servers of a test that panicked are killed nevertheless.
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Directory {
    /// Creates an empty directory.
    pub(crate) fn create() -> Self {
        Self { disk: None, folder: tempfile::Builder::new().prefix("feats-").tempdir().expect("a directory") }
    }

    /// Creates a directory with a folder for data, which is on a small disk if it `is_small`.
    pub(crate) fn with_data(is_small: bool) -> Self {
        let mut directory = Self::create();
        fs::create_dir(directory.data()).expect("a directory");
        directory.disk = is_small.then(|| SmallDisk::mount(&directory.data()));
        directory
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join(DATA)
    }
}

/// Implements the port of a server and the ways to harm it. The server has a `daemon`, and a method `launch` that returns whether it
/// has started.
macro_rules! impl_daemon {
    ($server:ty) => {
        impl $server {
            /// Returns the port, which stays the same when the server is restarted.
            pub fn port(&self) -> u16 {
                self.daemon.port()
            }

            /// Kills the server with `kill -9`, so that it cannot save its data or close connections.
            pub fn kill(&self) {
                self.daemon.kill();
            }

            /// Starts the server again on the same port, with what it has saved, and waits until it answers.
            ///
            /// # Panics
            /// Panics if the server does not start.
            pub fn restart(&self) {
                self.daemon.kill();
                let started = $crate::holds_within($crate::TIMEOUT, || self.launch());
                assert!(started, "the server does not start again:\n{}", self.daemon.log());
            }

            /// Suspends the server with its child processes: connections stay open, but it does not answer.
            ///
            /// # Panics
            /// Panics if the server was killed.
            pub fn pause(&self) {
                self.daemon.pause();
            }

            /// Resumes the server.
            ///
            /// # Panics
            /// Panics if the server was killed.
            pub fn resume(&self) {
                self.daemon.resume();
            }
        }
    };
}
pub(crate) use impl_daemon;
