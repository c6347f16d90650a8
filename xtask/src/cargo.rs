//! Calls of cargo.

use std::env;
use std::process::{Command, Stdio};

use crate::root;

/// The machine on which steps run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// A developer's machine: tests whose services are missing are skipped with a message.
    Developer,
    /// Continuous integration: such tests fail.
    Ci,
}

/// Runs `cargo` with arguments that are separated by spaces.
///
/// # Errors
/// Returns the command line and its exit status.
pub(crate) fn cargo(line: &str, host: Host) -> Result<(), String> {
    cargo_with(line, host, &[])
}

/// Like [`cargo`], with environment variables.
///
/// # Errors
/// As [`cargo`].
pub(crate) fn cargo_with(line: &str, host: Host, variables: &[(&str, &str)]) -> Result<(), String> {
    run(line.split_whitespace(), host, variables)
}

/// Like [`cargo`], but returns the output in place of showing it.
pub(crate) fn cargo_quietly(line: &str, host: Host) -> (String, Result<(), String>) {
    let mut command = command(host);
    command.args(line.split_whitespace()).current_dir(root()).stdin(Stdio::null());
    match command.output() {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            let failed = || format!("`cargo {line}` failed with {}", output.status);
            (String::from_utf8_lossy(&text).into_owned(), output.status.success().then_some(()).ok_or_else(failed))
        }
        Err(error) => (String::new(), Err(format!("`cargo {line}` could not be started: {error}"))),
    }
}

/// Runs the benches.
///
/// # Errors
/// Returns the command line and its exit status.
pub(crate) fn bench(rest: &[String]) -> Result<(), String> {
    run(["bench", "--package", "feats-tests"].into_iter().chain(rest.iter().map(String::as_str)), Host::Developer, &[])
}

/// Runs `cargo` of another toolchain, such as `nightly`, which rustup has installed.
///
/// # Errors
/// As [`cargo`].
pub(crate) fn cargo_of(toolchain: &str, line: &str) -> Result<(), String> {
    let mut command = Command::new("rustup");
    command.args(["run", toolchain, "cargo"]);
    execute(command, &format!("rustup run {toolchain} cargo"), line.split_whitespace())
}

fn run<'a>(arguments: impl Iterator<Item = &'a str>, host: Host, variables: &[(&str, &str)]) -> Result<(), String> {
    let mut command = command(host);
    command.envs(variables.iter().copied());
    execute(command, "cargo", arguments)
}

fn command(host: Host) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    if host == Host::Ci {
        command.env("CI", "true");
    }
    command
}

fn execute<'a>(mut command: Command, name: &str, arguments: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let arguments: Vec<_> = arguments.collect();
    let line = format!("{name} {}", arguments.join(" "));
    println!("$ {line}");
    match command.args(arguments).current_dir(root()).stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed with {status}")),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}
