//! What output may look like on a terminal, and what it may do to one: nothing.

use std::env;

use feats::text::terminal_line;

/// What a page is written for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// A terminal has a width; what is not one is a file or a pipe.
    pub(super) terminal: bool,
    pub(super) colour: bool,
}

impl Style {
    /// The style for a terminal, or for what is none.
    pub(super) fn of(terminal: bool) -> Self {
        Self { terminal, colour: terminal && wants_colour() }
    }
}

/// A stranger's text as one line that does nothing to a terminal.
pub(crate) fn safe(text: &str) -> String {
    terminal_line(text).into_owned()
}

/// Whether colour is welcome: <https://no-color.org>.
fn wants_colour() -> bool {
    env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_stays_on_its_line_and_in_its_direction() {
        assert_eq!(safe("a\x1b[2J\nb\u{9b}31m"), r"a\u{1b}[2J\nb\u{9b}31m");
        assert_eq!(safe("\u{202e}drawkcab"), r"\u{202e}drawkcab");
        assert_eq!(safe("Zażółć 🎉 日本"), "Zażółć 🎉 日本");
    }
}
