//! Answers: a page for people, or JSON for programs.

mod difference;
mod failure;
mod last_change;
mod page;
mod style;
mod table;
mod time;

use std::io::{self, IsTerminal, Write};

use feats::text::escape_with;
use serde::Serialize;
use serde_json::Value as Json;

pub(crate) use last_change::LastChange;
pub(crate) use page::Page;
pub(crate) use style::Style;
pub(crate) use time::ago;

use self::failure::failure_page;
use crate::failure::{Failure, Result};
use crate::secrets::conceal;

/// An answer. As JSON it is what it serialises to, a stable interface; as a page it may change.
pub(crate) trait Render: Serialize {
    /// Writes the answer for people.
    fn write(&self, page: &mut Page);
}

/// Where answers go, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    style: Style,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, style: Style::of(io::stdout().is_terminal()) }
    }

    /// Whether a person can be asked.
    pub(crate) fn can_ask(self) -> bool {
        !self.json && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Gives an answer.
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

    /// Writes text that is neither: an exported document, a script.
    pub(crate) fn print(self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        match written {
            // Whoever reads has seen enough, as `head` has.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(Failure::Output),
        }
    }

    /// Says something beside the answer, on standard error; nothing if the answer is JSON.
    pub(crate) fn note(self, write: impl FnOnce(&mut Page)) {
        if !self.json {
            let mut page = Page::new(Style::of(io::stderr().is_terminal()));
            write(&mut page);
            complain(&page.into_text());
        }
    }

    /// Says why there is no answer, on standard error.
    pub(crate) fn fail(self, failure: &Failure) {
        if self.json {
            complain(&conceal(&json_text(&failure.to_json())));
        } else {
            let page = failure_page(failure, Style::of(io::stderr().is_terminal()));
            complain(&conceal(&page.into_text()));
        }
    }
}

/// JSON text in which no character can disturb a terminal: JSON itself lets some control characters stand.
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

/// There is nobody left to tell that standard error is closed.
fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
