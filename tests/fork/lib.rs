//! Forks the process. No other code needs `unsafe`.

use std::panic::{AssertUnwindSafe, catch_unwind};

unsafe extern "C" {
    fn fork() -> i32;
    fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32;
    fn alarm(seconds: u32) -> u32;
    fn _exit(code: i32) -> !;
}

/// A child process that runs a closure.
pub struct Child(i32);

/// Forks and runs a closure in the child. The child is killed after 30 seconds.
pub fn in_child(run: impl FnOnce()) -> Child {
    // SAFETY: the child runs only the closure, on the thread that forked, and ends without destructors or handlers.
    let pid = unsafe { fork() };
    if pid == 0 {
        // SAFETY: the only argument is a number.
        unsafe { alarm(30) };
        let code = if catch_unwind(AssertUnwindSafe(run)).is_ok() { 0 } else { 1 };
        // SAFETY: the call ends the process.
        unsafe { _exit(code) }
    }
    assert!(pid > 0, "the fork failed");
    Child(pid)
}

impl Child {
    /// Waits until the child has ended, and panics if the child did.
    pub fn succeeds(self) {
        let mut status = -1;
        // SAFETY: the pointer is to a number that lives until the call returns.
        let ended = unsafe { waitpid(self.0, &raw mut status, 0) };
        assert_eq!((ended, status), (self.0, 0), "the child failed or was killed");
    }
}
