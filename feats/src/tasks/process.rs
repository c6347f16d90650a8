//! Which process this is: an app's background thread exists only in the process that started it.

use fastrand::Rng;

use crate::error::{Error, ErrorKind};

/// The process that something was made in. A process that is forked from it is another one: it has a copy of the memory, but
/// only the thread that forked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(u32);

impl Process {
    /// The process that runs this code. It asks the system, so decisions do not call it.
    pub(crate) fn current() -> Self {
        Self(std::process::id())
    }

    /// Whether the code runs in a process that was forked from this one.
    pub(crate) fn is_forked(self) -> bool {
        self != Self::current()
    }

    /// A source of random numbers. After a fork, both processes have the same generators; this mixes in which one it is.
    pub(crate) fn random(self) -> Rng {
        Rng::with_seed(fastrand::u64(..) ^ u64::from(self.0).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

/// The error in a process that was forked after the app was started.
pub(crate) fn forked() -> Error {
    Error::new(ErrorKind::Stopped, "this process was forked after the app was started; start the app in the child")
}
