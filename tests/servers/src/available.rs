//! Checks for the programs that tests start.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const REDIS: [&str; 3] = ["redis-server", "redis-cli", "redis-sentinel"];

/// Returns `true` if Redis is installed. Otherwise prints a line, and the calling test is skipped.
///
/// # Panics
/// Panics if Redis is missing and `CI` is set, because no test may be skipped in continuous integration.
pub fn available() -> bool {
    are_installed(&REDIS)
}

/// Returns the Python that has flipper-client and flypper. If there is none, prints a line, and the calling test is skipped.
///
/// # Panics
/// Panics if it is missing and `CI` is set.
pub fn python() -> Option<PathBuf> {
    let environment = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/python");
    let python = PathBuf::from(environment).join("bin/python");
    let imports = "import flipper, flypper, flypper_redis, flypper_sqlalchemy, psycopg, redis";
    let mut command = Command::new(&python);
    command.args(["-B", "-c", imports]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let found = command.status().is_ok_and(|status| status.success());
    if !found {
        skip("Python with flipper-client and flypper");
    }
    found.then_some(python)
}

/// Returns `true` if all programs are installed. Otherwise prints a line, or panics in continuous integration.
pub(crate) fn are_installed(programs: &[&str]) -> bool {
    let missing = programs.iter().find(|program| !starts(program));
    missing.inspect(|missing| skip(missing)).is_none()
}

/// Returns whether a program was found. If not, prints a line, or panics in continuous integration.
pub(crate) fn found(program: &str, found: bool) -> bool {
    if !found {
        skip(program);
    }
    found
}

/// Prints that the calling test is skipped, or panics in continuous integration.
#[expect(clippy::print_stderr, reason = "a skipped test prints the reason")]
fn skip(missing: &str) {
    let line = format!("{missing} is not installed; `cargo xtask setup` installs it");
    assert!(env::var_os("CI").is_none(), "{line}");
    eprintln!("skipped: {line}");
}

pub(crate) fn starts(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
