//! `cargo xtask faults`: runs every fault many times and writes the results to the table in `docs/faults.md`.

use std::fs;
use std::path::Path;

use crate::cargo::{Host, cargo_with};
use crate::root;

/// The default number of runs of each fault.
const DEFAULT_RUNS: u32 = 20;

const DOCUMENT: &str = "docs/faults.md";

/// The marks before and after the table in the document.
const BEGIN: &str = "<!-- table -->\n";
const END: &str = "<!-- end of table -->\n";

const HEAD: &str = "\
| server | fault | runs | publishes acknowledged | lost | there twice | evaluations | slowest evaluation | recovered, median | \
recovered, longest | reconnects a run |
|---|---|---|---|---|---|---|---|---|---|---|
";

/// Runs every fault a number of times, one after the other, and writes the table. With the name of a test, or a part of it, runs
/// only the faults of these tests, and keeps the other rows.
///
/// # Errors
/// Fails if a promise was violated, which the table shows too, or if the table cannot be written.
pub(crate) fn run(runs: Option<u32>, test: Option<&str>) -> Result<(), String> {
    let rows = root().join("target").join("faults");
    let failed = |what: &Path| {
        let what = what.display().to_string();
        move |error| format!("{what}: {error}")
    };
    if rows.exists() {
        fs::remove_dir_all(&rows).map_err(failed(&rows))?;
    }
    fs::create_dir_all(&rows).map_err(failed(&rows))?;
    let runs = runs.unwrap_or(DEFAULT_RUNS).to_string();
    let environment = [("FEATS_FAULT_RUNS", runs.as_str()), ("FEATS_FAULT_ROWS", &rows.to_string_lossy())];
    let line = format!(
        "test --package feats-tests --test faults --no-fail-fast {} -- --test-threads 1 --nocapture",
        test.unwrap_or_default()
    );
    let tried = cargo_with(&line, Host::Ci, &environment);

    let document = root().join(DOCUMENT);
    let text = fs::read_to_string(&document).map_err(failed(&document))?;
    let kept = if test.is_some() { rows_of(&text) } else { Vec::new() };
    let table = table(read(&rows).map_err(failed(&rows))?, kept);
    println!("\n{table}");
    let written = with_table(&text, &table).ok_or(format!("{DOCUMENT} has no marks for the table"))?;
    fs::write(&document, written).map_err(failed(&document))?;
    tried
}

/// Returns the rows that the tests have written.
fn read(folder: &Path) -> std::io::Result<Vec<String>> {
    fs::read_dir(folder)?.map(|entry| fs::read_to_string(entry?.path())).collect()
}

/// Returns the table of the rows of this run, and of those kept rows that are not of its faults, sorted.
fn table(mut rows: Vec<String>, kept: Vec<String>) -> String {
    let tried: Vec<_> = rows.iter().map(|row| fault_of(row).to_owned()).collect();
    rows.extend(kept.into_iter().filter(|row| !tried.iter().any(|fault| fault == fault_of(row))));
    rows.sort();
    format!("{HEAD}{}", rows.concat())
}

/// Returns the rows of the table in a document, without its head.
fn rows_of(document: &str) -> Vec<String> {
    let table = document.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).map_or("", |(table, _)| table);
    table.lines().filter(|line| line.starts_with('|')).skip(2).map(|line| format!("{line}\n")).collect()
}

/// Returns the server and the fault of a row.
fn fault_of(row: &str) -> &str {
    row.match_indices('|').nth(2).and_then(|(end, _)| row.get(..end)).unwrap_or(row)
}

/// Replaces the table in the document. Returns `None` if the document has no marks for it.
fn with_table(document: &str, table: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_other_tests_are_kept() {
        let document = format!("{BEGIN}\n{HEAD}| Redis | killed | 20 |\n| Redis | cut | 20 |\n\n{END}");
        let table = table(vec!["| Redis | killed | 3 |\n".to_owned()], rows_of(&document));
        assert_eq!(table, format!("{HEAD}| Redis | cut | 20 |\n| Redis | killed | 3 |\n"));
    }

    #[test]
    fn a_table_replaces_the_previous_one() {
        let document = format!("# Faults\n\n{BEGIN}\n| old |\n\n{END}\nafter\n");
        let written = with_table(&document, "| new |\n").expect("marks");
        assert_eq!(written, format!("# Faults\n\n{BEGIN}\n| new |\n\n{END}\nafter\n"));
        assert_eq!(with_table(&written, "| new |\n").as_deref(), Some(written.as_str()));
        assert_eq!(with_table("# Faults\n", ""), None);
    }
}
