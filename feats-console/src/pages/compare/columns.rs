//! A side-by-side view of two documents, line by line.

use std::time::{Duration, Instant};

use feats::text::counted;
use maud::{Markup, html};
use similar::{Algorithm, DiffTag, capture_diff_slices_deadline, group_diff_ops};

use crate::components::excerpt;

/// The number of equal lines around each difference.
const CONTEXT_LINES: usize = 3;
/// The most rows of a page.
const MAX_ROWS: usize = 600;
/// The most bytes of the rows of a page, in both columns.
const MAX_ROW_BYTES: usize = 384 << 10;
/// The most characters of a line that are shown.
const LINE_CHARACTERS: usize = 2_000;
/// The time limit of the comparison. The rest of two very long documents then counts as different.
const DIFF_TIMEOUT: Duration = Duration::from_millis(20);

/// A row of both columns. If only one side has a line, the other has a gap.
#[derive(Debug, PartialEq, Eq)]
enum Row<'a> {
    Same(&'a str),
    Differs(Option<&'a str>, Option<&'a str>),
    /// A number of omitted equal lines.
    Equal(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// Renders both columns from row `first` on. `titles` are the headings of the columns, and `address` returns the address of the
/// page that starts at another row.
pub(super) fn columns(
    titles: [Markup; 2],
    before: &[String],
    after: &[String],
    first: usize,
    address: impl Fn(usize) -> String,
) -> Markup {
    let all = rows(before, after);
    let first = if first < all.len() { first } else { 0 };
    let (_, following) = all.split_at(first);
    let (rows, rest) = following.split_at(rows_that_fit(following));
    let [from, to] = titles;
    html! {
        div.two.sides {
            (column(&from, "Before, as JSON", Side::Before, rows))
            (column(&to, "After, as JSON", Side::After, rows))
        }
        @if first > 0 || !rest.is_empty() {
            nav.pages aria-label="Lines" {
                @if first > 0 { a.btn href=(address(0)) { "First lines" } } @else { span {} }
                @if !rest.is_empty() {
                    a.btn rel="next" href=(address(first + rows.len())) { "Show more (" (counted(rest.len(), "line")) ")" }
                }
            }
        }
    }
}

fn column(title: &Markup, label: &str, side: Side, rows: &[Row<'_>]) -> Markup {
    html! {
        section.card {
            header { div { (title) } }
            pre role="region" aria-label=(label) tabindex="0" {
                code { @for row in rows { (line(row, side)) } }
            }
        }
    }
}

fn line(row: &Row<'_>, side: Side) -> Markup {
    html! {
        @match (row, side) {
            (Row::Same(text), _) => span { "  " (excerpt(text, LINE_CHARACTERS)) },
            (Row::Differs(Some(text), _), Side::Before) => span.del { "− " (excerpt(text, LINE_CHARACTERS)) },
            (Row::Differs(_, Some(text)), Side::After) => span.add { "+ " (excerpt(text, LINE_CHARACTERS)) },
            (Row::Differs(..), _) => span.gap aria-hidden="true" { " " },
            (Row::Equal(count), _) => span.omitted { "  ⋯ " (counted(*count, "equal line")) },
        }
    }
}

fn rows<'a>(before: &'a [String], after: &'a [String]) -> Vec<Row<'a>> {
    let text = |lines: &'a [String], index: usize| lines.get(index).map(String::as_str);
    let operations = capture_diff_slices_deadline(Algorithm::Myers, before, after, Some(Instant::now() + DIFF_TIMEOUT));
    let mut rows = Vec::new();
    let mut shown = 0;
    for operation in group_diff_ops(operations, CONTEXT_LINES).iter().flatten() {
        let (tag, old, new) = operation.as_tag_tuple();
        if old.start > shown {
            rows.push(Row::Equal(old.start - shown));
        }
        shown = old.end;
        for index in 0..old.len().max(new.len()) {
            let here = (old.start + index < old.end).then(|| text(before, old.start + index)).flatten();
            let there = (new.start + index < new.end).then(|| text(after, new.start + index)).flatten();
            rows.push(match (tag, here) {
                (DiffTag::Equal, Some(same)) => Row::Same(same),
                _ => Row::Differs(here, there),
            });
        }
    }
    if before.len() > shown {
        rows.push(Row::Equal(before.len() - shown));
    }
    rows
}

/// Returns the number of rows that fit on a page, at least one.
fn rows_that_fit(rows: &[Row<'_>]) -> usize {
    let mut bytes = 0;
    let rows_that_fit = rows.iter().take(MAX_ROWS).take_while(|row| {
        bytes += row.bytes();
        bytes <= MAX_ROW_BYTES
    });
    rows_that_fit.count().max(1).min(rows.len())
}

impl Row<'_> {
    /// Estimates the size of the markup, including escaped characters.
    fn bytes(&self) -> usize {
        let bytes = |text: &str| {
            let text = excerpt(text, LINE_CHARACTERS);
            40 + text.len() + 5 * text.bytes().filter(|byte| matches!(byte, b'"' | b'<' | b'>' | b'&')).count()
        };
        match self {
            Row::Same(text) => 2 * bytes(text),
            Row::Differs(before, after) => bytes(before.unwrap_or_default()) + bytes(after.unwrap_or_default()),
            Row::Equal(_) => 2 * bytes(""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: usize, changed: usize) -> Vec<String> {
        (0..count)
            .map(|index| if index == changed { format!("line {index}, changed") } else { format!("line {index}") })
            .collect()
    }

    #[test]
    fn equal_lines_far_from_a_difference_are_omitted() {
        let (before, after) = (numbered(20, 99), numbered(20, 10));
        let shown = rows(&before, &after);
        assert_eq!(shown.first(), Some(&Row::Equal(7)));
        assert_eq!(shown.get(4), Some(&Row::Differs(Some("line 10"), Some("line 10, changed"))));
        assert_eq!(shown.last(), Some(&Row::Equal(6)));
        assert_eq!(shown.len(), 1 + 3 + 1 + 3 + 1);
    }

    #[test]
    fn a_line_on_one_side_has_a_gap_on_the_other() {
        let after = vec!["new".to_owned()];
        assert_eq!(rows(&[], &after), [Row::Differs(None, Some("new"))]);
        assert_eq!(rows(&after, &[]), [Row::Differs(Some("new"), None)]);
    }

    #[test]
    fn equal_documents_are_one_row() {
        assert_eq!(rows(&numbered(9, 99), &numbered(9, 99)), [Row::Equal(9)]);
    }

    #[test]
    fn very_long_documents_have_several_pages() {
        let before: Vec<String> = (0..5_000).map(|index| format!("before {index}")).collect();
        let shown = rows(&before, &[]);
        assert_eq!((shown.len(), rows_that_fit(&shown)), (5_000, MAX_ROWS));
        let (mut first, mut shown) = (0, String::new());
        for _ in 0..9 {
            let page = columns([html! {}, html! {}], &before, &[], first, |line| format!("?line={line}")).into_string();
            assert!(page.len() < 1 << 20);
            shown += &page;
            first += MAX_ROWS;
        }
        assert!(before.iter().all(|line| shown.contains(&format!("{line}<"))));
        assert_eq!(shown.matches("Show more").count(), 8);
    }

    #[test]
    fn pages_of_long_lines_are_small() {
        let before: Vec<String> = (0..600).map(|index| format!("{index} {}", "\"".repeat(5_000))).collect();
        let page = columns([html! {}, html! {}], &before, &before[..300], 0, |line| format!("?line={line}"));
        assert!(page.into_string().len() < 1 << 20);
    }
}
