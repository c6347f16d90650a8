//! Pages: lines for people, in which untrusted text cannot disturb the terminal.

use std::fmt::Display;

use super::style::{Style, safe};
use super::table::Table;

/// Lines for people. Each text becomes one line, with its control characters escaped.
pub(crate) struct Page {
    text: String,
    style: Style,
}

impl Page {
    pub(crate) fn new(style: Style) -> Self {
        Self { text: String::new(), style }
    }

    /// Adds a line.
    pub(crate) fn line(&mut self, text: impl Display) {
        self.push("", &safe(&text.to_string()));
    }

    /// Adds an indented line that belongs to the one above.
    pub(crate) fn item(&mut self, text: impl Display) {
        self.push("  ", &safe(&text.to_string()));
    }

    /// Adds text of several lines, such as documentation.
    pub(crate) fn paragraph(&mut self, text: &str) {
        text.lines().for_each(|line| self.line(line));
    }

    /// Adds an empty line and a heading.
    pub(crate) fn heading(&mut self, text: impl Display) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let text = self.styled("1", &safe(&text.to_string()));
        self.push("", &text);
    }

    /// Adds an error message.
    pub(crate) fn error(&mut self, text: impl Display) {
        let label = self.styled("1;31", "error:");
        let text = safe(&text.to_string());
        self.push("", &format!("{label} {text}"));
    }

    /// Adds a removed line of a diff.
    pub(crate) fn removed(&mut self, text: impl Display) {
        let text = self.styled("31", &format!("- {}", safe(&text.to_string())));
        self.push("", &text);
    }

    /// Adds an added line of a diff.
    pub(crate) fn added(&mut self, text: impl Display) {
        let text = self.styled("32", &format!("+ {}", safe(&text.to_string())));
        self.push("", &text);
    }

    /// Adds a table with a header.
    pub(crate) fn table<const N: usize>(&mut self, header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
        let mut table = Table::new(self.style, &header);
        rows.into_iter().for_each(|row| table.row(row));
        self.text.push_str(&table.into_text());
    }

    /// Adds an indented table without a header that belongs to the line above.
    pub(crate) fn list<const N: usize>(&mut self, rows: impl IntoIterator<Item = [String; N]>) {
        let mut table = Table::new(self.style, &[]);
        rows.into_iter().for_each(|row| table.row(row));
        table.into_text().lines().for_each(|line| self.push("  ", line));
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    fn push(&mut self, indent: &str, safe: &str) {
        self.text.push_str(indent);
        self.text.push_str(safe);
        self.text.push('\n');
    }

    fn styled(&self, codes: &str, safe: &str) -> String {
        if self.style.color { format!("\x1b[{codes}m{safe}\x1b[0m") } else { safe.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_color_has_no_escape_character() {
        let mut page = Page::new(Style { terminal: false, color: false });
        page.heading("Rules");
        page.error("\x1b[31mred");
        page.table(["NAME"], [["\x1b]0;title\x07".to_owned()]]);
        let text = page.into_text();
        assert!(!text.contains('\x1b'), "{text}");
    }
}
