//! Questions on a terminal.

use std::io::{self, Write};

use feats::{Error, ErrorKind};

use crate::failure::{Failure, Result};
use crate::output::{Output, Page};

/// Shows a page and asks a yes-or-no question. Fails with `refusal` where no question can be asked.
pub(crate) fn confirm(
    output: Output,
    show: impl FnOnce(&mut Page),
    question: &str,
    refusal: impl FnOnce() -> Failure,
) -> Result<()> {
    if !output.can_ask() {
        return Err(refusal());
    }
    output.note(show);
    match ask(question).map_err(Failure::Output)? {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::NeedsConfirmation, "not confirmed; nothing was written").into()),
    }
}

/// Asks a question. An empty answer means no.
fn ask(question: &str) -> io::Result<bool> {
    let mut terminal = io::stderr();
    write!(terminal, "{question} [y/N] ")?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
