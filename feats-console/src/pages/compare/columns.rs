//! Two documents beside each other, line by line.

use std::time::{Duration, Instant};

use maud::{Markup, html};
use similar::{Algorithm, DiffTag, capture_diff_slices_deadline, group_diff_ops};

use crate::components::excerpt;

/// So many equal lines stand around what differs.
const CONTEXT_LINES: usize = 3;
/// The most rows of a page.
const MAX_ROWS: usize = 600;
/// The most bytes of the rows of a page, in both columns.
const MAX_ROW_BYTES: usize = 384 << 10;
/// How much of a line is shown.
const LINE_CHARACTERS: usize = 2_000;
/// After this time, the rest of two very long documents is told as different.
const DIFF_TIMEOUT: Duration = Duration::from_millis(20);

/// A line of both columns; where only one side has it, the other has a gap.
#[derive(Debug, PartialEq, Eq)]
enum Row<'a> {
    Same(&'a str),
    Differs(Option<&'a str>, Option<&'a str>),
    /// So many equal lines are left out.
    Equal(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// Two columns, or one below the other where there is little room, from a row on. `titles` are the headings of the columns, and
/// `address` leads to the same from another row on.
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
                    a.btn rel="next" href=(address(first + rows.len())) { "Show the rest (" (rest.len()) " " (lines(rest.len())) ")" }
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
            (Row::Equal(count), _) => span.omitted { "  ⋯ " (count) " equal " (lines(*count)) },
        }
    }
}

fn lines(count: usize) -> &'static str {
    if count == 1 { "line" } else { "lines" }
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

/// How many of these rows a page has room for: at least one.
fn rows_that_fit(rows: &[Row<'_>]) -> usize {
    let mut bytes = 0;
    let rows_that_fit = rows.iter().take(MAX_ROWS).take_while(|row| {
        bytes += row.bytes();
        bytes <= MAX_ROW_BYTES
    });
    rows_that_fit.count().max(1).min(rows.len())
}

impl Row<'_> {
    /// How many bytes its markup has, about: quotes become longer.
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
    fn equal_lines_far_from_a_difference_are_left_out() {
        let (before, after) = (numbered(20, 99), numbered(20, 10));
        let shown = rows(&before, &after);
        assert_eq!(shown.first(), Some(&Row::Equal(7)));
        assert_eq!(shown.get(4), Some(&Row::Differs(Some("line 10"), Some("line 10, changed"))));
        assert_eq!(shown.last(), Some(&Row::Equal(6)));
        assert_eq!(shown.len(), 1 + 3 + 1 + 3 + 1);
    }

    #[test]
    fn a_line_of_one_side_is_a_gap_on_the_other() {
        let after = vec!["new".to_owned()];
        assert_eq!(rows(&[], &after), [Row::Differs(None, Some("new"))]);
        assert_eq!(rows(&after, &[]), [Row::Differs(Some("new"), None)]);
    }

    #[test]
    fn equal_documents_are_one_row() {
        assert_eq!(rows(&numbered(9, 99), &numbered(9, 99)), [Row::Equal(9)]);
    }

    #[test]
    fn very_long_documents_are_shown_part_by_part() {
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
        assert_eq!(shown.matches("Show the rest").count(), 8);
    }

    #[test]
    fn long_lines_are_few() {
        let before: Vec<String> = (0..600).map(|index| format!("{index} {}", "\"".repeat(5_000))).collect();
        let page = columns([html! {}, html! {}], &before, &before[..300], 0, |line| format!("?line={line}"));
        assert!(page.into_string().len() < 1 << 20);
    }
}
