//! The log of arrivals: one line for each revision that takes the place of another one, while a program runs.

use serde::Deserialize;

use crate::model::Entry;
use crate::store::RevisionStamp;
use crate::text::quoted;

/// How many arrivals of one load are told one by one.
const MAX_LINES: usize = 100;

/// What is logged of revisions that arrive together.
#[derive(Default)]
pub(super) struct ArrivalLog {
    lines: Vec<String>,
    left_out: usize,
}

/// As much of a revision as is logged.
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

impl ArrivalLog {
    /// The line for a revision, if lines are logged; before any lock is taken, since this reads the revision.
    pub(super) fn describe(entry: &Entry) -> Option<String> {
        if !tracing::enabled!(tracing::Level::INFO) {
            return None;
        }
        let head: Option<Head> = serde_json::from_slice(&entry.bytes).ok();
        let author = head.as_ref().map_or_else(|| "nobody known".to_owned(), |head| quoted(&head.author));
        let what = match head.and_then(|head| head.state) {
            _ if entry.removed => "; it removes the state".to_owned(),
            Some(State { pinned: Some(pinned) }) => format!("; the feature is pinned to {}", quoted(&pinned)),
            _ => String::new(),
        };
        Some(format!("version {} of {} arrived, by {author}{what}", entry.version, quoted(&entry.feature)))
    }

    /// A revision takes the place of the known one.
    pub(super) fn add(&mut self, line: Option<String>, known: RevisionStamp, found: RevisionStamp) {
        match line {
            Some(_) if known == found => {}
            Some(line) if self.lines.len() < MAX_LINES => self.lines.push(line),
            Some(_) => self.left_out += 1,
            None => {}
        }
    }

    /// Writes the lines, once no lock is held.
    pub(super) fn write(self) {
        self.lines.iter().for_each(|line| tracing::info!("{line}"));
        if self.left_out > 0 {
            tracing::info!("{} more revisions arrived", self.left_out);
        }
    }
}
