//! Repeated runs of a fault, and the table row of their results.

use std::time::Duration;
use std::{env, fs};

use super::audit::Measured;
use super::server::Server;

/// Runs a fault of a server once, or `FEATS_FAULT_RUNS` times, and writes the results as a table row to the folder `FEATS_FAULT_ROWS`.
///
/// # Panics
/// Panics if a promise was violated.
#[expect(clippy::print_stderr, reason = "cargo shows it for a failed test, and `cargo xtask faults` always")]
pub fn fault<S: Server>(name: &str, run: impl Fn() -> Measured) {
    if !S::is_available() {
        return;
    }
    let runs = env::var("FEATS_FAULT_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(1);
    let measured: Vec<Measured> = (0..runs).map(|_| run()).collect();
    let row = row(S::NAME, name, &measured);
    eprintln!("{row}");
    if let Some(folder) = env::var_os("FEATS_FAULT_ROWS") {
        let file = format!("{} {name}", S::NAME).replace(|c: char| !c.is_alphanumeric(), "-");
        fs::write(std::path::Path::new(&folder).join(file), row + "\n").expect("a row is written");
    }
    let problems: Vec<_> = measured.iter().flat_map(|one| &one.problems).collect();
    assert!(problems.is_empty(), "{}: {name}: {problems:#?}", S::NAME);
}

/// Returns `true` where `cargo xtask faults` tries faults. Otherwise prints that a test run leaves the fault out, to save time.
#[expect(clippy::print_stderr, reason = "a test that is left out prints the reason")]
pub fn is_tried(test: &str) -> bool {
    let tried = env::var_os("FEATS_FAULT_RUNS").is_some();
    if !tried {
        eprintln!("left out: {test}; `cargo xtask faults 1 {test}` tries it");
    }
    tried
}

fn row(server: &str, name: &str, runs: &[Measured]) -> String {
    let total = |count: fn(&Measured) -> usize| runs.iter().map(count).sum::<usize>();
    let mut recoveries: Vec<Duration> = runs.iter().map(|run| run.recovery).collect();
    recoveries.sort();
    let median = recoveries.get(recoveries.len() / 2).copied().unwrap_or_default();
    let longest = recoveries.last().copied().unwrap_or_default();
    let slowest = runs.iter().map(|run| run.slowest).max().unwrap_or_default();
    let evaluations: u64 = runs.iter().map(|run| run.evaluations).sum();
    let reconnects: u64 = runs.iter().map(|run| run.reconnects).sum();
    format!(
        "| {server} | {name} | {} | {} | {} | {} | {evaluations} | {:.1} ms | {:.2} s | {:.2} s | {:.1} |",
        runs.len(),
        total(|run| run.acknowledged),
        total(|run| run.lost),
        total(|run| run.doubled),
        slowest.as_secs_f64() * 1_000.0,
        median.as_secs_f64(),
        longest.as_secs_f64(),
        reconnects as f64 / runs.len().max(1) as f64,
    )
}
