//! The virtual environment with the Python programs that tests and benches compare feats with.

use std::path::Path;
use std::process::Command;

use crate::command::{output, show};
use crate::root;

/// The folder of the environment, from the root. `feats_servers::python` looks for it there.
const ENVIRONMENT: &str = "target/python";

/// The files that list the packages, from the root: the systems that feats is compared with, and servers of stores.
const REQUIREMENTS: [&str; 2] = ["feats-cli/tests/moving_over/requirements.txt", "tests/servers/requirements.txt"];

/// A command that succeeds if the environment has all packages, in their versions.
pub(crate) const PROBE: &[&str] = &[
    "sh",
    "-c",
    "target/python/bin/python -m pip install --quiet --no-index \
     --requirement feats-cli/tests/moving_over/requirements.txt --requirement tests/servers/requirements.txt",
];

/// Installs the packages, as far as they are missing. Shows the output.
pub(crate) fn install() {
    if !root().join(ENVIRONMENT).join("bin/pip").exists() {
        show(&["python3", "-m", "venv", "--clear"], &[ENVIRONMENT]);
    }
    let python = root().join(ENVIRONMENT).join("bin/python");
    let files = REQUIREMENTS.map(|file| ["--requirement", file]);
    show(&[&python.to_string_lossy(), "-m", "pip", "install", "--quiet"], &files.concat());
}

/// Runs a program in the environment, and returns its output.
///
/// # Errors
/// Fails if the program does not run.
pub(crate) fn run(program: &Path) -> Result<String, String> {
    // Without `-B`, Python writes compiled files beside the sources.
    output(Command::new(root().join(ENVIRONMENT).join("bin/python")).arg("-B").arg(program))
}
