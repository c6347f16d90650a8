//! Styles of the output, and the escaping of untrusted text.

use std::env;

use feats::text::terminal_line;

/// The style of a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// `true` if the output is a terminal, which has a width; `false` for a file or a pipe.
    pub(super) terminal: bool,
    pub(super) color: bool,
}

impl Style {
    /// Creates the style for a terminal, or for a file or pipe.
    pub(super) fn new(terminal: bool) -> Self {
        Self { terminal, color: terminal && wants_color() }
    }
}

/// Escapes untrusted text to one line that cannot disturb a terminal.
pub(crate) fn safe(text: &str) -> String {
    terminal_line(text).into_owned()
}

/// Returns `true` if color is allowed by the environment: <https://no-color.org>.
fn wants_color() -> bool {
    env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_stays_on_its_line_and_in_its_direction() {
        assert_eq!(safe("a\x1b[2J\nb\u{9b}31m"), r"a\u{1b}[2J\nb\u{9b}31m");
        assert_eq!(safe("\u{202e}drawkcab"), r"\u{202e}drawkcab");
        assert_eq!(safe("Zażółć 🎉 日本"), "Zażółć 🎉 日本");
    }
}
