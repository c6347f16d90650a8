//! `cargo xtask faults`: every fault many times, and the table of what came of it in `docs/faults.md`.

use std::fs;
use std::path::Path;

use crate::cargo::{Surroundings, cargo_with};
use crate::root;

/// How often each fault is tried where nobody says otherwise.
const RUNS: u32 = 20;

const DOCUMENT: &str = "docs/faults.md";

/// What stands around the table in the document.
const BEGIN: &str = "<!-- table -->\n";
const END: &str = "<!-- end of table -->\n";

const HEAD: &str = "\
| fault | runs | publishes acknowledged | lost | there twice | evaluations | slowest evaluation | recovered, median | \
recovered, longest | reconnects a run |
|---|---|---|---|---|---|---|---|---|---|
";

/// Tries every fault so often, one at a time, and writes the table.
///
/// # Errors
/// Something was not as promised; the table says so too. Or it cannot be written.
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
    let runs = runs.unwrap_or(RUNS).to_string();
    let environment = [("FEATS_FAULT_RUNS", runs.as_str()), ("FEATS_FAULT_ROWS", &rows.to_string_lossy())];
    let line = "test --package feats-tests --test faults --no-fail-fast -- --test-threads 1 --nocapture";
    let tried = cargo_with(line, Surroundings::Ci, &environment);

    let document = root().join(DOCUMENT);
    let text = fs::read_to_string(&document).map_err(failed(&document))?;
    let table = table(&rows).map_err(failed(&rows))?;
    println!("\n{table}");
    let written = with_table(&text, &table).ok_or(format!("{DOCUMENT} has no place for the table"))?;
    fs::write(&document, written).map_err(failed(&document))?;
    tried
}

/// The rows that the tests wrote, sorted.
fn table(folder: &Path) -> std::io::Result<String> {
    let mut rows = Vec::new();
    for entry in fs::read_dir(folder)? {
        rows.push(fs::read_to_string(entry?.path())?);
    }
    rows.sort();
    Ok(format!("{HEAD}{}", rows.concat()))
}

/// The document with another table; `None` if it has no place for one.
fn with_table(document: &str, table: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_takes_the_place_of_the_one_before() {
        let document = format!("# Faults\n\n{BEGIN}\n| old |\n\n{END}\nafter\n");
        let written = with_table(&document, "| new |\n").expect("a place");
        assert_eq!(written, format!("# Faults\n\n{BEGIN}\n| new |\n\n{END}\nafter\n"));
        assert_eq!(with_table(&written, "| new |\n").as_deref(), Some(written.as_str()));
        assert_eq!(with_table("# Faults\n", ""), None);
    }
}
