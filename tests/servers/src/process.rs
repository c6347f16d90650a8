//! Processes of servers, which never outlive the test.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::wait::{TIMEOUT, holds_within};

/// A running program. It is killed with all its child processes when it is dropped.
pub(crate) struct Process {
    child: Child,
    guard: Child,
}

/// A shell script that kills the server if this process ends without doing so, which closes the script's standard input. It
/// ignores signals from the terminal, and unmounts the small disk of a server that has one.
const GUARD: &str = r#"trap '' HUP INT TERM; read -r _; kill -9 "-$1"; umount -l "$2/data"; rm -rf "$2""#;

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

    /// Suspends the program and its child processes until [`resume`](Self::resume), like a machine that hangs.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
        signal_all(&self.children(), Signal::STOP);
    }

    /// Resumes the program and its child processes.
    pub(crate) fn resume(&self) {
        signal_all(&self.children(), Signal::CONT);
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("a signal is sent");
    }

    /// Returns the child processes, which may be in other process groups, as those of PostgreSQL are.
    fn children(&self) -> Vec<Pid> {
        let parent = self.child.id().to_string();
        let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let is_child = |id: &i32| {
            // After the name in parentheses: the state, and the id of the parent.
            let status = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            status.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)) == Some(parent.as_str())
        };
        ids.filter(is_child).filter_map(Pid::from_raw).collect()
    }
}

/// Sends a signal to processes, some of which may have ended.
fn signal_all(processes: &[Pid], signal: Signal) {
    for process in processes {
        let _ = kill_process(*process, signal);
    }
}

/// Returns `true` if a process has not ended, even if the process that adopts it may not have reaped it.
fn is_running(process: Pid) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/stat", process.as_raw_nonzero()));
    let ended = status.is_ok_and(|status| status.contains(") Z "));
    !ended && rustix::process::test_kill_process(process).is_ok()
}

impl Drop for Process {
    fn drop(&mut self) {
        // The guard is killed first, so that it cannot kill another process that gets the server's process id.
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        // Suspended first, so that it starts no further processes, and its children cannot survive it.
        let _ = kill_process(Pid::from_child(&self.child), Signal::STOP);
        let children = self.children();
        signal_all(&children, Signal::KILL);
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
        // A server that starts again must not meet a process of the killed one.
        holds_within(TIMEOUT, || children.iter().all(|child| !is_running(*child)));
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
        until("the child ends", || !is_running(started));
    }
}
