//! Sparklines.

use std::fmt::Write;

use feats::describe;
use maud::{Markup, html};

/// Renders a line with the area below it. The scale starts at zero; the page shows the total next to it.
pub(crate) fn spark(values: &[u64]) -> Markup {
    let line = line(values);
    html! {
        svg.spark viewBox="0 0 120 26" preserveAspectRatio="none" aria-hidden="true" {
            path.fill d={ "M0 26L" (line) "L120 26Z" } {}
            path.line d={ "M" (line) } {}
        }
    }
}

/// Formats a number with narrow spaces between its thousands.
pub(crate) fn grouped(number: u64) -> String {
    describe::grouped(number).replace(' ', "\u{202f}")
}

#[expect(clippy::cast_precision_loss, reason = "the diagram is 26 pixels high")]
fn line(values: &[u64]) -> String {
    let highest = values.iter().copied().max().unwrap_or(0).max(1) as f64;
    let step = 120.0 / values.len().saturating_sub(1).max(1) as f64;
    let mut line = String::new();
    for (index, value) in values.iter().enumerate() {
        let _ = write!(line, "{:.1} {:.1} ", index as f64 * step, 24.0 - *value as f64 / highest * 22.0);
    }
    if line.is_empty() { "0 24 ".to_owned() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_value_reaches_the_top_and_zero_the_bottom() {
        assert_eq!(line(&[0, 10]), "0.0 24.0 120.0 2.0 ");
    }

    #[test]
    fn thousands_are_separated() {
        let actual = [0, 999, 1_000, 12_345_678].map(grouped);
        assert_eq!(actual, ["0", "999", "1\u{202f}000", "12\u{202f}345\u{202f}678"]);
    }

    #[test]
    fn a_series_without_values_is_a_flat_line() {
        assert_eq!(line(&[]), "0 24 ");
        assert_eq!(line(&[0]), "0.0 24.0 ");
    }
}
