//! Two documents beside each other, line by line.

use std::time::{Duration, Instant};

use maud::{Markup, html};
use similar::{Algorithm, DiffTag, capture_diff_slices_deadline, group_diff_ops};

/// So many equal lines stand around what differs.
const AROUND: usize = 3;
/// So many lines are shown at most.
const SHOWN: usize = 600;
/// After this time, the rest of two very long documents is told as different.
const TIME: Duration = Duration::from_millis(20);

/// A line of both columns; where only one side has it, the other has a gap.
#[derive(Debug, PartialEq, Eq)]
enum Row<'a> {
    Same(&'a str),
    Differs(Option<&'a str>, Option<&'a str>),
    /// So many equal lines are left out.
    Equal(usize),
    /// So many more lines are left out.
    Rest(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// Two columns, or one below the other where there is little room. `titles` are the headings of the columns.
pub(super) fn columns(titles: [Markup; 2], before: &[String], after: &[String]) -> Markup {
    let rows = rows(before, after);
    let [from, to] = titles;
    html! {
        div.two.sides {
            (column(&from, "Before, as JSON", Side::Before, &rows))
            (column(&to, "After, as JSON", Side::After, &rows))
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
            (Row::Same(text), _) => span { "  " (text) },
            (Row::Differs(Some(text), _), Side::Before) => span.del { "− " (text) },
            (Row::Differs(_, Some(text)), Side::After) => span.add { "+ " (text) },
            (Row::Differs(..), _) => span.gap aria-hidden="true" { " " },
            (Row::Equal(count), _) => span.omitted { "  ⋯ " (count) " equal " (lines(*count)) },
            (Row::Rest(count), _) => span.omitted { "  ⋯ " (count) " more " (lines(*count)) },
        }
    }
}

fn lines(count: usize) -> &'static str {
    if count == 1 { "line" } else { "lines" }
}

fn rows<'a>(before: &'a [String], after: &'a [String]) -> Vec<Row<'a>> {
    let text = |lines: &'a [String], at: usize| lines.get(at).map(String::as_str);
    let operations = capture_diff_slices_deadline(Algorithm::Myers, before, after, Some(Instant::now() + TIME));
    let mut rows = Vec::new();
    let mut told = 0;
    for operation in group_diff_ops(operations, AROUND).iter().flatten() {
        let (tag, old, new) = operation.as_tag_tuple();
        if old.start > told {
            rows.push(Row::Equal(old.start - told));
        }
        told = old.end;
        for at in 0..old.len().max(new.len()) {
            let here = (old.start + at < old.end).then(|| text(before, old.start + at)).flatten();
            let there = (new.start + at < new.end).then(|| text(after, new.start + at)).flatten();
            rows.push(match (tag, here) {
                (DiffTag::Equal, Some(same)) => Row::Same(same),
                _ => Row::Differs(here, there),
            });
        }
    }
    if before.len() > told {
        rows.push(Row::Equal(before.len() - told));
    }
    if rows.len() > SHOWN {
        let rest = rows.len() - SHOWN;
        rows.truncate(SHOWN);
        rows.push(Row::Rest(rest));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: usize, changed: usize) -> Vec<String> {
        (0..count).map(|at| if at == changed { format!("line {at}, changed") } else { format!("line {at}") }).collect()
    }

    #[test]
    fn equal_lines_far_from_a_difference_are_left_out() {
        let (before, after) = (numbered(20, 99), numbered(20, 10));
        let told = rows(&before, &after);
        assert_eq!(told.first(), Some(&Row::Equal(7)));
        assert_eq!(told.get(4), Some(&Row::Differs(Some("line 10"), Some("line 10, changed"))));
        assert_eq!(told.last(), Some(&Row::Equal(6)));
        assert_eq!(told.len(), 1 + 3 + 1 + 3 + 1);
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
    fn very_long_documents_are_cut() {
        let before: Vec<String> = (0..5_000).map(|at| format!("before {at}")).collect();
        let told = rows(&before, &[]);
        assert_eq!(told.len(), SHOWN + 1);
        assert_eq!(told.last(), Some(&Row::Rest(5_000 - SHOWN)));
    }
}
