//! Cargo, called.

use std::env;
use std::process::{Command, Stdio};

use crate::root;

/// Where the steps run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surroundings {
    /// With a developer: a test whose service is missing says so and is left out.
    Desk,
    /// In continuous integration: such a test fails.
    Ci,
}

/// Runs `cargo` with arguments that are separated by blanks.
///
/// # Errors
/// The command line, and how it ended.
pub(crate) fn cargo(line: &str, surroundings: Surroundings) -> Result<(), String> {
    cargo_with(line, surroundings, &[])
}

/// The same with variables in its environment.
///
/// # Errors
/// As [`cargo`].
pub(crate) fn cargo_with(line: &str, surroundings: Surroundings, environment: &[(&str, &str)]) -> Result<(), String> {
    run(line.split_whitespace(), surroundings, environment)
}

/// Runs the benches.
///
/// # Errors
/// The command line, and how it ended.
pub(crate) fn bench(rest: &[String]) -> Result<(), String> {
    run(
        ["bench", "--package", "feats-tests"].into_iter().chain(rest.iter().map(String::as_str)),
        Surroundings::Desk,
        &[],
    )
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

fn run<'a>(
    arguments: impl Iterator<Item = &'a str>,
    surroundings: Surroundings,
    environment: &[(&str, &str)],
) -> Result<(), String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    command.envs(environment.iter().copied());
    if surroundings == Surroundings::Ci {
        command.env("CI", "true");
    }
    execute(command, "cargo", arguments)
}

fn execute<'a>(mut command: Command, name: &str, arguments: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let arguments: Vec<_> = arguments.collect();
    let line = format!("{name} {}", arguments.join(" "));
    println!("$ {line}");
    match command.args(arguments).current_dir(root()).stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` ended with {status}")),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}
