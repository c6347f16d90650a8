//! The identity of the process: the background thread of an app exists only in the process that started it.

use fastrand::Rng;

use crate::error::{Error, ErrorKind};

/// The process that created a value. A forked child is another process: it has a copy of the memory, but only the thread that
/// called `fork`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(u32);

impl Process {
    /// Returns the process that runs this code. This is a system call, so decisions do not use it.
    pub(crate) fn current() -> Self {
        Self(std::process::id())
    }

    /// Returns `true` if the code runs in a process that was forked from this one.
    pub(crate) fn is_forked(self) -> bool {
        self != Self::current()
    }

    /// Returns a random number generator. After a fork, both processes have the same generators, so the process id is mixed into the
    /// seed.
    pub(crate) fn rng(self) -> Rng {
        Rng::with_seed(fastrand::u64(..) ^ u64::from(self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

/// Returns the error for operations in a process that was forked after the app was started.
pub(crate) fn forked_error() -> Error {
    Error::new(ErrorKind::Stopped, "this process was forked after the app was started; start the app in the child")
}
