//! The log of changes: one line for each revision that replaces another one while a program runs.

use serde::Deserialize;

use crate::model::Entry;
use crate::store::RevisionStamp;
use crate::text::quoted;

/// The maximum number of changes that are logged one by one for each update.
const MAX_LINES: usize = 100;

/// The log lines of one update.
#[derive(Default)]
pub(super) struct ChangeLog {
    lines: Vec<String>,
    left_out: usize,
}

/// The part of a revision that is logged.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    author: String,
    state: Option<State>,
}

#[derive(Deserialize)]
struct State {
    #[serde(default)]
    pinned: Option<String>,
}

impl ChangeLog {
    /// Returns the line for a revision, if such lines are logged. Parses the revision, so it is called before any lock is taken.
    pub(super) fn describe(entry: &Entry) -> Option<String> {
        if !tracing::enabled!(tracing::Level::INFO) {
            return None;
        }
        let head: Option<Head> = serde_json::from_slice(&entry.bytes).ok();
        let author = head.as_ref().map_or_else(|| "an unknown author".to_owned(), |head| quoted(&head.author));
        let what = match head.and_then(|head| head.state) {
            _ if entry.removed => "; it removes the state".to_owned(),
            Some(State { pinned: Some(pinned) }) => format!("; the feature is pinned to {}", quoted(&pinned)),
            _ => String::new(),
        };
        Some(format!("version {} of {} arrived, by {author}{what}", entry.version, quoted(&entry.feature)))
    }

    /// Adds the line of a revision that replaces the known one.
    pub(super) fn add(&mut self, line: Option<String>, known: RevisionStamp, found: RevisionStamp) {
        match line {
            Some(_) if known == found => {}
            Some(line) if self.lines.len() < MAX_LINES => self.lines.push(line),
            Some(_) => self.left_out += 1,
            None => {}
        }
    }

    /// Logs the lines. Must be called without a lock.
    pub(super) fn write(self) {
        self.lines.iter().for_each(|line| tracing::info!("{line}"));
        if self.left_out > 0 {
            tracing::info!("{} more revisions arrived", self.left_out);
        }
    }
}
