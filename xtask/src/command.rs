//! Commands that succeed or not, that show their output, or return it.

use std::process::{Command, Stdio};

use crate::root;

/// Returns `true` if a command succeeds. Its output is not shown.
pub(crate) fn answers(command: &[&str]) -> bool {
    let Some((program, arguments)) = command.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs a command and shows it with its output. Whether it was successful is for the caller to check.
pub(crate) fn show(command: &[&str], arguments: &[&str]) {
    let line = [command, arguments].concat();
    println!("$ {}", line.join(" "));
    if let Some((program, arguments)) = line.split_first() {
        let _ = Command::new(program).args(arguments).current_dir(root()).stdin(Stdio::null()).status();
    }
}

/// Runs a command and returns its output.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?} could not be started: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{command:?} failed with {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}
