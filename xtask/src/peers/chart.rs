//! The chart of decisions by name: a bar for each engine in each workload.

use std::fmt::Write;

use super::numbers::Numbers;

/// The width of the longest bar, in pixels.
const WIDTH: f64 = 420.0;

/// The height of a bar, with the gap below it.
const BAR: usize = 18;

/// The height of a title.
const TITLE: usize = 30;

/// The bars are cut at this time, so that slow engines do not hide the differences between the others.
const MAX_NANOSECONDS: f64 = 400.0;

/// The colors of the engines: the program without an engine, then those of feats, then others.
const COLORS: [&str; 5] = ["#9ca3af", "#1d4ed8", "#3b82f6", "#60a5fa", "#d97706"];

/// Returns an SVG image. Its colors are readable on light and dark pages.
pub(super) fn chart(times: &Numbers) -> String {
    let engines = times.engines();
    let (mut bars, mut y) = (String::new(), 10);
    for workload in times.workloads() {
        y += TITLE;
        let _ = writeln!(bars, r#"<text x="10" y="{}" font-weight="bold">{workload}</text>"#, y - 10);
        for (index, engine) in engines.iter().enumerate() {
            let Some(time) = times.get(workload, engine) else { continue };
            let width = time.min(MAX_NANOSECONDS) / MAX_NANOSECONDS * WIDTH;
            let color = COLORS.get(index).unwrap_or(&"#78716c");
            let cut = if time > MAX_NANOSECONDS { " (cut)" } else { "" };
            let _ = writeln!(
                bars,
                r#"<text x="180" y="{0}" text-anchor="end">{engine}</text><rect x="190" y="{y}" width="{width:.1}" height="14" fill="{color}"/><text x="{1:.1}" y="{0}">{time:.0} ns{cut}</text>"#,
                y + 12,
                196.0 + width,
            );
            y += BAR;
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"740\" height=\"{}\" font-family=\"sans-serif\" font-size=\"12\" \
         fill=\"#6b7280\" role=\"img\" aria-label=\"Nanoseconds of a decision by name\">\n{bars}</svg>\n",
        y + 10
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_a_bar_and_long_bars_are_cut() {
        let times = Numbers::parse("a\tone\t100\na\ttwo\t2000\nb\tone\t40").expect("valid");
        let chart = chart(&times);
        assert_eq!(chart.matches("<rect").count(), 3);
        assert!(chart.contains(r#"width="105.0""#) && chart.contains("2000 ns (cut)"), "{chart}");
    }
}
