//! Decisions by name, in feats and in other engines. The programs that measure them are in `benches/peers`, a workspace of its own.

mod chart;
mod numbers;
mod python;
mod table;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::cargo::{Host, cargo};
use crate::command::output;
use crate::root;

use numbers::Numbers;

/// The folder of the programs, from the root.
const SOURCE: &str = "benches/peers";

/// The folder for the build and the results, from the root.
const FOLDER: &str = "target/peers";

/// Measures all engines in turn, prints a table, and writes it and a chart to files.
///
/// # Errors
/// Fails if a program does not build or run. A Python engine that cannot be installed is skipped with a message.
pub(crate) fn run() -> Result<(), String> {
    cargo(&format!("build --release --manifest-path {SOURCE}/Cargo.toml --target-dir {FOLDER}"), Host::Developer)?;
    let program = |name: &str| Command::new(root().join(FOLDER).join("release").join(name));
    let mut times = Numbers::parse(&output(&mut program("peers"))?)?;
    times.extend(python::measure(&root().join(SOURCE).join("python"))?);
    let memory = Numbers::parse(&output(&mut program("memory"))?)?;
    let table = table::table(&times, &memory);
    println!("\n{table}");
    write("by-name.md", &table)?;
    write("by-name.svg", &chart::chart(&times))
}

fn write(name: &str, text: &str) -> Result<(), String> {
    let path: PathBuf = root().join(FOLDER).join(name);
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("wrote {FOLDER}/{name}");
    Ok(())
}
