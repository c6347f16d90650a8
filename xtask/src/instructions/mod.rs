//! Counts the instructions of one decision: clocks of shared machines differ too much to compare what a change costs.
//!
//! Each workload of `tests/instructions/main.rs` runs under callgrind twice, with two numbers of repetitions. The difference
//! cancels what a program does before and after; the same difference of an empty loop is subtracted from it.

mod callgrind;
mod table;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::cargo::{Surroundings, cargo};
use crate::{needs, root};

use table::Table;

const REPETITIONS: [u32; 2] = [1_000, 11_000];

/// The workload that is the loop around all others.
const EMPTY: &str = "empty";

/// What to do with the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Compare them with the committed ones.
    Compare,
    /// Commit them: rewrite the table.
    Bless,
}

/// Counts, prints the counts beside the committed ones, and fails if one is too far above.
///
/// # Errors
/// valgrind is missing, the program does not build or run, or the counts are too high.
pub(crate) fn run(mode: Mode) -> Result<(), String> {
    if !needs::answers(&["valgrind", "--version"]) {
        return Err(
            "valgrind counts the instructions, and is missing: on Debian `apt-get install valgrind`; elsewhere \
                    what your system calls it"
                .to_owned(),
        );
    }
    let program = build()?;
    let counted = Table { compiler: compiler()?, rows: count(&program)? };
    let path = root().join("tests/instructions/counts.md");
    if mode == Mode::Bless {
        println!("{counted}");
        return fs::write(&path, counted.to_string()).map_err(|error| format!("{}: {error}", path.display()));
    }
    let committed = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let comparison = Table::parse(&committed)?.compare(&counted);
    println!("{comparison}");
    comparison.verdict()
}

/// Builds what the release build of a user contains, and names the program.
fn build() -> Result<PathBuf, String> {
    let target = root().join("target");
    cargo(
        &format!("build --release --package feats-instructions --target-dir {}", target.display()),
        Surroundings::Desk,
    )?;
    Ok(target.join("release").join("feats-instructions"))
}

/// The compiler and its target, as the table names them.
fn compiler() -> Result<String, String> {
    let text = output(Command::new("rustc").arg("-vV"))?;
    let version = text.lines().next().unwrap_or_default();
    let target = text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    Ok(format!("{version}, {target}"))
}

/// The instructions of one decision by the name of the workload, in the order of the program.
fn count(program: &PathBuf) -> Result<Vec<(String, f64)>, String> {
    let names = output(Command::new(program).arg("--list"))?;
    let empty = callgrind::per_repetition(program, EMPTY, REPETITIONS)?;
    let mut rows = Vec::new();
    for name in names.lines().filter(|name| *name != EMPTY) {
        let count = callgrind::per_repetition(program, name, REPETITIONS)? - empty;
        rows.push((name.to_owned(), count));
    }
    Ok(rows)
}

/// What a command prints.
fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?} could not be started: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{command:?} ended with {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
    }
}
