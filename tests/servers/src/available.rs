//! Whether the programs that the tests start are installed.

use std::env;
use std::process::{Command, Stdio};

const REDIS: [&str; 3] = ["redis-server", "redis-cli", "redis-sentinel"];

/// Whether Redis is installed. Where it is not, this prints one line, and the test that asked returns.
///
/// # Panics
/// If Redis is missing and `CI` is set: continuous integration leaves nothing out.
pub fn available() -> bool {
    are_installed(&REDIS)
}

/// Whether all programs are installed; if not, this prints one line, or panics in continuous integration.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
pub(crate) fn are_installed(programs: &[&str]) -> bool {
    let Some(missing) = programs.iter().find(|program| !starts(program)) else { return true };
    let line = format!("{missing} is not installed; `cargo xtask setup` installs it");
    assert!(env::var_os("CI").is_none(), "{line}");
    eprintln!("left out: {line}");
    false
}

fn starts(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
