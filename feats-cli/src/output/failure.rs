//! Pages for failures.

use std::time::SystemTime;

use feats::describe::parts;
use feats::{Conflict, State, Timestamp};

use super::page::Page;
use super::style::{Style, safe};
use crate::failure::Failure;

/// Returns the page for a failure. Any text in it may come from an untrusted source.
pub(super) fn failure_page(failure: &Failure, style: Style) -> Page {
    let mut page = Page::new(style);
    match failure {
        Failure::Usage(message) => page.error(message),
        Failure::Output(error) => page.error(format_args!("the result cannot be written to standard output: {error}")),
        Failure::Feats(error, hint) => {
            let feature = error.feature().map(|feature| format!("{}: ", safe(feature))).unwrap_or_default();
            let mut lines = error.message().lines();
            page.error(format_args!("{feature}{}", lines.next().unwrap_or_default()));
            lines.for_each(|line| page.item(line));
            error.problems().iter().for_each(|problem| page.item(problem));
            error.causes().iter().for_each(|cause| page.item(format_args!("cause: {cause}")));
            match (error.store(), error.path()) {
                (Some(store), _) => page.item(format_args!("store: {store}")),
                (None, Some(path)) => page.item(format_args!("file: {}", path.display())),
                (None, None) => {}
            }
            if let Some(conflict) = error.conflict() {
                both_sides(&mut page, conflict);
            }
            if let Some(hint) = hint {
                page.line(format_args!("hint: {hint}"));
            }
        }
    }
    page
}

fn both_sides(page: &mut Page, conflict: &Conflict) {
    let origin = match conflict.version {
        0 => "no version".to_owned(),
        version if conflict.comment.is_empty() => format!("version {version} by {}", conflict.author),
        version => format!("version {version} by {}: {}", conflict.author, conflict.comment),
    };
    page.heading(format_args!("Current ({origin})"));
    side(page, &conflict.theirs);
    page.heading("Yours (not published)");
    side(page, &conflict.yours);
}

fn side(page: &mut Page, state: &str) {
    let parts = match serde_json::from_str::<State>(state) {
        Ok(state) => parts(&state, Timestamp::from(SystemTime::now())),
        Err(_) => Vec::new(),
    };
    if parts.is_empty() {
        page.item("no state: the default is served");
    }
    parts.iter().for_each(|part| page.item(&part.text));
}
