//! Counts the instructions of a decision, because times on shared machines vary too much to compare changes.
//!
//! `tests/instructions/main.rs` repeats each workload in a loop, and callgrind counts only the loop. The instructions of an empty
//! loop are subtracted.

mod callgrind;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::cargo::{Host, cargo};
use crate::command::{answers, output};
use crate::root;

use table::Table;

const REPETITIONS: u32 = 10_000;
const RUNS: u32 = 3;

/// The folder for the output of callgrind. The file of workload n, counted from 1, is `counts.<2n + 2>-01`.
const FOLDER: &str = "target/instructions";

/// The use of the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Compares the counts with the committed ones.
    Compare,
    /// Rewrites the committed table.
    Bless,
}

/// Counts, prints the counts next to the committed ones, and fails if one is too far above.
///
/// # Errors
/// Fails if valgrind is missing, if the program does not build or run, or if the counts are too high.
pub(crate) fn run(mode: Mode) -> Result<(), String> {
    if !answers(&["valgrind", "--version"]) {
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
    comparison.verdict().map_err(|problems| {
        format!("{problems}\nto locate them, run `callgrind_annotate --auto=yes <file>` on the files in {FOLDER}")
    })
}

/// Builds the program as in a release build of a user, and returns its path.
fn build() -> Result<PathBuf, String> {
    cargo("build --release --package feats-instructions --target-dir target", Host::Developer)?;
    Ok(root().join("target/release/feats-instructions"))
}

/// Returns the compiler and its target, as in the table.
fn compiler() -> Result<String, String> {
    let text = output(Command::new("rustc").arg("-vV"))?;
    let version = text.lines().next().unwrap_or_default();
    let target = text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    Ok(format!("{version}, {target}"))
}

/// Returns the lowest counts of several runs: a comparison of two texts takes about ten more instructions if an allocation ends
/// near the end of a page.
fn count(program: &Path) -> Result<Vec<(String, f64)>, String> {
    let runs = thread::scope(|scope| {
        let runs: Vec<_> = (1..=RUNS)
            .map(|run| {
                scope.spawn(move || callgrind::count(program, &root().join(FOLDER).join(run.to_string()), REPETITIONS))
            })
            .collect();
        let panicked = |_| Err("the thread of a run panicked".to_owned());
        runs.into_iter().map(|run| run.join().unwrap_or_else(panicked)).collect::<Result<Vec<_>, _>>()
    })?;
    let lowest = |lower: Vec<(String, f64)>, run: Vec<(String, f64)>| {
        lower.into_iter().zip(run).map(|((name, lower), (_, count))| (name, lower.min(count))).collect()
    };
    Ok(runs.into_iter().reduce(lowest).unwrap_or_default())
}
