//! Counts the instructions of one decision: clocks of shared machines differ too much to compare what a change costs.
//!
//! `tests/instructions/main.rs` repeats each workload in a loop, and callgrind counts the loop alone. The instructions of an empty
//! loop are subtracted.

mod callgrind;
mod command;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use self::command::output;
use crate::cargo::{Surroundings, cargo};
use crate::{needs, root};

use table::Table;

const REPETITIONS: u32 = 10_000;
const RUNS: u32 = 3;

/// Where callgrind writes what it found: the file of workload n, from 1, is `counts.<2n + 2>-01`.
const FOLDER: &str = "target/instructions";

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
    comparison.verdict().map_err(|problems| {
        format!("{problems}\nwhere they are: `callgrind_annotate --auto=yes <file>`, of those in {FOLDER}")
    })
}

/// Builds what the release build of a user contains, and names the program.
fn build() -> Result<PathBuf, String> {
    cargo("build --release --package feats-instructions --target-dir target", Surroundings::Desk)?;
    Ok(root().join("target/release/feats-instructions"))
}

/// The compiler and its target, as the table names them.
fn compiler() -> Result<String, String> {
    let text = output(Command::new("rustc").arg("-vV"))?;
    let version = text.lines().next().unwrap_or_default();
    let target = text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    Ok(format!("{version}, {target}"))
}

/// The lowest counts of some runs: comparing two texts takes about ten instructions more where an allocation happens to end near
/// the end of a page.
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
