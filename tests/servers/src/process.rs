//! A server's process: started, signalled, and never left behind.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// A running program, killed when it is dropped, with everything that it has started.
pub(crate) struct Process {
    child: Child,
    guard: Child,
}

/// Ends the server if this process ends without doing so: then the other end of its standard input is closed. What
/// interrupts this process from a terminal reaches the guard too, and does not concern it.
const GUARD: &str = r#"trap '' HUP INT TERM; read -r _; kill -9 "-$1"; rm -rf "$2""#;

impl Process {
    /// Starts a program in a directory, where its output goes to the file `log`.
    pub(crate) fn start(program: &str, arguments: &[&str], directory: &Path) -> Self {
        let log = File::options().create(true).append(true).open(directory.join("log")).expect("a log");
        let mut command = Command::new(program);
        command.args(arguments).current_dir(directory).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("the log")).stderr(log);
        // In a group of its own, so that those whom it starts can be ended with it.
        let child =
            command.process_group(0).spawn().unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "guard", &child.id().to_string()]).arg(directory);
        guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child, guard: guard.spawn().expect("a guard") }
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child's status")
    }

    /// Stops it from running until [`go_on`](Self::go_on), as a machine that hangs does.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it run again.
    pub(crate) fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a signal is sent");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The guard first, so that it cannot hit whoever gets the server's process id next.
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// What a program in a directory has printed.
pub(crate) fn log(directory: &Path) -> String {
    fs::read_to_string(directory.join("log")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::until;

    #[test]
    fn what_a_program_has_started_ends_with_it_if_nobody_is_left_to_end_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let program = "sleep 1000 & echo $! > started; wait";
        let mut process = Process::start("sh", &["-c", program], directory.path());
        let started = || fs::read_to_string(directory.path().join("started")).ok()?.trim().parse().ok();
        until("it has started another one", || started().is_some());
        let started = started().and_then(Pid::from_raw).expect("a process id");
        // What happens when this process is killed.
        drop(process.guard.stdin.take());
        until("it ends", || process.ended().is_some());
        // The one who adopts it may take a while to notice that it is dead.
        until("so does the other one", || {
            let status = fs::read_to_string(format!("/proc/{}/stat", started.as_raw_nonzero()));
            status.is_ok_and(|status| status.contains(") Z ")) || rustix::process::test_kill_process(started).is_err()
        });
    }
}
