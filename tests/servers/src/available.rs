//! Checks for the programs that tests start.

use std::env;
use std::process::{Command, Stdio};

const REDIS: [&str; 3] = ["redis-server", "redis-cli", "redis-sentinel"];

/// Returns `true` if Redis is installed. Otherwise prints a line, and the calling test is skipped.
///
/// # Panics
/// Panics if Redis is missing and `CI` is set, because no test may be skipped in continuous integration.
pub fn available() -> bool {
    are_installed(&REDIS)
}

/// Returns `true` if all programs are installed. Otherwise prints a line, or panics in continuous integration.
#[expect(clippy::print_stderr, reason = "a skipped test prints the reason")]
pub(crate) fn are_installed(programs: &[&str]) -> bool {
    let Some(missing) = programs.iter().find(|program| !starts(program)) else { return true };
    let line = format!("{missing} is not installed; `cargo xtask setup` installs it");
    assert!(env::var_os("CI").is_none(), "{line}");
    eprintln!("skipped: {line}");
    false
}

fn starts(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
