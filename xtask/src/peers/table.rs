//! The table of decisions by name: nanoseconds and allocations.

use std::fmt::Write;

use super::numbers::Numbers;

/// Returns a Markdown table. A cell has the nanoseconds of a decision and, if there are some, its allocations; the last rows have
/// numbers that only `memory` has.
pub(super) fn table(times: &Numbers, memory: &Numbers) -> String {
    let engines = times.engines();
    let mut table =
        format!("| ns a decision, allocations | {} |\n|---|{}\n", engines.join(" | "), "--:|".repeat(engines.len()));
    let timed = times.workloads();
    for workload in &timed {
        row(&mut table, workload, &engines, |engine| {
            let time = times.get(workload, engine)?;
            let allocations = memory.get(workload, engine).filter(|count| *count > 0.0);
            Some(allocations.map_or_else(|| digits(time), |count| format!("{}, {count:.0}", digits(time))))
        });
    }
    for workload in memory.workloads().into_iter().filter(|workload| !timed.contains(workload)) {
        row(&mut table, workload, &engines, |engine| memory.get(workload, engine).map(digits));
    }
    table
}

fn row(table: &mut String, title: &str, engines: &[&str], cell: impl Fn(&str) -> Option<String>) {
    let cells: Vec<String> = engines.iter().map(|engine| cell(engine).unwrap_or_default()).collect();
    let _ = writeln!(table, "| {title} | {} |", cells.join(" | "));
}

/// Formats a number with at most three significant digits, and thousands apart.
fn digits(number: f64) -> String {
    match number {
        ..100.0 => format!("{number:.1}"),
        ..10_000.0 => format!("{number:.0}"),
        _ => format!("{:.0} 000", number / 1_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_the_time_and_the_allocations() {
        let times = Numbers::parse("a\tone\t12.34\na\ttwo\t67383.9\nb\tone\t205.4").expect("valid");
        let memory = Numbers::parse("heap\tone\t10.5\na\tone\t0\na\ttwo\t8\nb\tone\t2").expect("valid");
        assert_eq!(
            table(&times, &memory),
            "| ns a decision, allocations | one | two |\n|---|--:|--:|\n| a | 12.3 | 67 000, 8 |\n| b | 205, 2 |  |\n\
             | heap | 10.5 |  |\n"
        );
    }
}
