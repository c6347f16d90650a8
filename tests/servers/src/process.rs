//! Processes of servers, which never outlive the test.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// A running program. It is killed with all its child processes when it is dropped.
pub(crate) struct Process {
    child: Child,
    guard: Child,
}

/// A shell script that kills the server if this process ends without doing so, which closes the script's standard input. It
/// ignores signals from the terminal.
const GUARD: &str = r#"trap '' HUP INT TERM; read -r _; kill -9 "-$1"; rm -rf "$2""#;

impl Process {
    /// Starts a program in a directory, and writes its output to the file `log` there.
    pub(crate) fn start(program: &str, arguments: &[&str], directory: &Path) -> Self {
        let log = File::options().create(true).append(true).open(directory.join("log")).expect("a log");
        let mut command = Command::new(program);
        command.args(arguments).current_dir(directory).stdin(Stdio::null());
        command.stdout(log.try_clone().expect("the log")).stderr(log);
        // A separate process group, so that its child processes can be killed with it.
        let child =
            command.process_group(0).spawn().unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
        let mut guard = Command::new("sh");
        guard.args(["-c", GUARD, "guard", &child.id().to_string()]).arg(directory);
        guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child, guard: guard.spawn().expect("a guard") }
    }

    /// Returns the exit status if the program has ended.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child's status")
    }

    /// Suspends the program until [`resume`](Self::resume), like a machine that hangs.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Resumes the program.
    pub(crate) fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a signal is sent");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The guard is killed first, so that it cannot kill another process that gets the server's process id.
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Returns the output of a program in a directory.
pub(crate) fn log(directory: &Path) -> String {
    fs::read_to_string(directory.join("log")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::until;

    #[test]
    fn child_processes_are_killed_if_the_test_process_is_killed() {
        let directory = tempfile::tempdir().expect("a directory");
        let program = "sleep 1000 & echo $! > started; wait";
        let mut process = Process::start("sh", &["-c", program], directory.path());
        let started = || fs::read_to_string(directory.path().join("started")).ok()?.trim().parse().ok();
        until("the program has started a child", || started().is_some());
        let started = started().and_then(Pid::from_raw).expect("a process id");
        // This is what happens when this process is killed.
        drop(process.guard.stdin.take());
        until("the program ends", || process.ended().is_some());
        // The process that adopts the child may take a while to reap it.
        until("the child ends", || {
            let status = fs::read_to_string(format!("/proc/{}/stat", started.as_raw_nonzero()));
            status.is_ok_and(|status| status.contains(") Z ")) || rustix::process::test_kill_process(started).is_err()
        });
    }
}
