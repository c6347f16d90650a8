//! The table of the results.

use std::fmt::Write;
use std::time::Duration;

use crate::measure::Publishes;

/// The results of a store.
pub struct Row {
    pub name: &'static str,
    /// In ascending order.
    pub visible: Vec<Duration>,
    pub publishes: Publishes,
    pub start: Duration,
    /// The requests of an idle program in a minute.
    pub idle: Option<usize>,
}

/// Returns a Markdown table.
pub fn table(rows: &[Row]) -> String {
    let mut table =
        "| store | publish to visible, median | 99th percentile | publishes per second, 4 writers | start with 10 000 \
                     features | requests of an idle program per minute |\n|---|--:|--:|--:|--:|--:|\n"
            .to_owned();
    for Row { name, visible, publishes, start, idle } in rows {
        let refused = match publishes.refused {
            0 => String::new(),
            refused => format!(", {refused} refused"),
        };
        let idle = idle.map_or("–".to_owned(), |idle| idle.to_string());
        let _ = writeln!(
            table,
            "| {name} | {} | {} | {:.0}{refused} | {} | {idle} |",
            time(percentile(visible, 0.5)),
            time(percentile(visible, 0.99)),
            publishes.per_second,
            time(*start),
        );
    }
    table
}

fn percentile(times: &[Duration], share: f64) -> Duration {
    let index = (times.len().saturating_sub(1) as f64 * share).round() as usize;
    times.get(index).copied().unwrap_or_default()
}

/// Formats a time with at most three digits.
fn time(time: Duration) -> String {
    match time.as_secs_f64() * 1_000.0 {
        millis @ ..10.0 => format!("{millis:.1} ms"),
        millis @ ..1_000.0 => format!("{millis:.0} ms"),
        millis => format!("{:.1} s", millis / 1_000.0),
    }
}
