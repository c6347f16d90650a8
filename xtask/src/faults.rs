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
| fault | runs | publishes acknowledged | lost | there twice | evaluations | slowest evaluation | recovered, median | \
recovered, longest | reconnects a run |
|---|---|---|---|---|---|---|---|---|---|
";

/// Runs every fault a number of times, one after the other, and writes the table.
///
/// # Errors
/// Fails if a promise was violated, which the table shows too, or if the table cannot be written.
pub(crate) fn run(runs: Option<u32>) -> Result<(), String> {
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
    let line = "test --package feats-tests --test faults --no-fail-fast -- --test-threads 1 --nocapture";
    let tried = cargo_with(line, Host::Ci, &environment);

    let document = root().join(DOCUMENT);
    let text = fs::read_to_string(&document).map_err(failed(&document))?;
    let table = table(&rows).map_err(failed(&rows))?;
    println!("\n{table}");
    let written = with_table(&text, &table).ok_or(format!("{DOCUMENT} has no marks for the table"))?;
    fs::write(&document, written).map_err(failed(&document))?;
    tried
}

/// Returns the rows that the tests have written, sorted.
fn table(folder: &Path) -> std::io::Result<String> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(folder)? {
        rows.push(fs::read_to_string(entry?.path())?);
    }
    rows.sort();
    Ok(format!("{HEAD}{}", rows.concat()))
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
    fn a_table_replaces_the_previous_one() {
        let document = format!("# Faults\n\n{BEGIN}\n| old |\n\n{END}\nafter\n");
        let written = with_table(&document, "| new |\n").expect("marks");
        assert_eq!(written, format!("# Faults\n\n{BEGIN}\n| new |\n\n{END}\nafter\n"));
        assert_eq!(with_table(&written, "| new |\n").as_deref(), Some(written.as_str()));
        assert_eq!(with_table("# Faults\n", ""), None);
    }
}
