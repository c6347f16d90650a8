//! Tables: columns separated by spaces, without lines.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ContentArrangement, Row, Table as Columns};

use super::style::{Style, safe};

/// A table of text.
pub(super) struct Table(Columns);

impl Table {
    pub(super) fn new(style: Style, header: &[&str]) -> Self {
        // On a terminal, long cells are wrapped to its width; elsewhere each row is one line, for `grep`.
        let width = style.terminal.then(|| Columns::new().width()).flatten();
        let mut columns = Columns::new();
        columns.load_style(NOTHING).force_no_tty();
        if let Some(width) = width {
            columns.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
        } else {
            columns.set_content_arrangement(ContentArrangement::Disabled);
        }
        if style.color {
            columns.enforce_styling();
        }
        if !header.is_empty() {
            columns.set_header(header.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
        }
        Self(columns)
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.0.add_row(Row::from(cells.into_iter().map(|cell| Cell::new_owned(safe(&cell)))));
    }

    pub(super) fn into_text(mut self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        for column in self.0.column_iter_mut() {
            column.set_padding((0, 2));
        }
        self.0.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
    }
}
