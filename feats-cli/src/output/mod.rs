//! Output of commands: a page for people, or JSON for scripts.

mod difference;
mod failure;
mod last_change;
mod page;
mod progress;
mod style;
mod table;
mod time;

use std::io::{self, IsTerminal, Write};

use feats::text::escape_with;
use serde::Serialize;
use serde_json::Value as Json;

pub(crate) use last_change::LastChange;
pub(crate) use page::Page;
pub(crate) use progress::Progress;
pub(crate) use style::Style;
pub(crate) use time::ago;

use self::failure::failure_page;
use crate::failure::{Failure, Result};
use crate::secrets::conceal;

/// A result. Its JSON is what it serializes to, a stable interface. Its page may change.
pub(crate) trait Render: Serialize {
    /// Writes the page for people.
    fn write(&self, page: &mut Page);
}

/// The form of the output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    style: Style,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, style: Style::new(io::stdout().is_terminal()) }
    }

    /// Returns `true` if results are printed as JSON.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Returns `true` if the user can be asked a question.
    pub(crate) fn can_ask(self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Writes a result to standard output.
    pub(crate) fn show(self, view: &impl Render) -> Result<()> {
        let text = if self.json {
            json_text(&serde_json::to_value(view).unwrap_or_default())
        } else {
            let mut page = Page::new(self.style);
            view.write(&mut page);
            page.into_text()
        };
        self.print(&text)
    }

    /// Writes text as it is to standard output, such as an exported document or a script.
    pub(crate) fn print(self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match written {
            // The reader has closed the pipe, as `head` does.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(Failure::Output),
        }
    }

    /// Writes a note to standard error, unless the output is JSON.
    pub(crate) fn note(self, write: impl FnOnce(&mut Page)) {
        if !self.json {
            let mut page = Page::new(Style::new(io::stderr().is_terminal()));
            write(&mut page);
            write_to_stderr(&page.into_text());
        }
    }

    /// Returns a progress bar for a number of steps, shown on a terminal.
    pub(crate) fn progress(self, what: &'static str, steps: usize) -> Progress {
        Progress::new(what, steps, !self.json && io::stderr().is_terminal())
    }

    /// Writes a failure to standard error.
    pub(crate) fn fail(self, failure: &Failure) {
        if self.json {
            write_to_stderr(&conceal(&json_text(&failure.to_json())));
        } else {
            let page = failure_page(failure, Style::new(io::stderr().is_terminal()));
            write_to_stderr(&conceal(&page.into_text()));
        }
    }
}

/// Formats JSON, with all characters escaped that can disturb a terminal. JSON itself allows some control characters.
pub(crate) fn json_text(json: &Json) -> String {
    let pretty = serde_json::to_string_pretty(json).unwrap_or_default();
    let lines = pretty.split('\n').map(|line| {
        escape_with(line, |out, c| {
            let units = c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            out.push_str(&units);
        })
    });
    let mut text = lines.collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

/// Writes text to standard error. A failure is ignored, because there is nowhere to report it.
fn write_to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
