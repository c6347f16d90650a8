//! Flags as they are found, and the names that occur twice.

use std::collections::HashMap;

use feats::Problem;

/// The maximum size of a flag, in bytes.
pub(super) const MAX_FLAG_BYTES: usize = 1 << 20;

/// A flag as it was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The place for messages, such as `flags.json:3` or `features/NAME`.
    pub(crate) place: String,
    /// The name that its key says, if it has a key.
    pub(crate) name: Option<String>,
    /// The JSON of the flag, or the reason why there is none.
    pub(crate) text: std::result::Result<String, String>,
}

impl Found {
    /// Returns the JSON, or the problem.
    pub(crate) fn json(&self) -> std::result::Result<&str, Problem> {
        self.text.as_deref().map_err(|why| Problem::new(&self.place, why))
    }
}

/// Finds the names that occur more than once. Returns the problem of each later place.
pub(crate) fn repeated<'f>(named: impl IntoIterator<Item = (&'f str, &'f Found)>) -> Vec<Problem> {
    let mut first: HashMap<&str, &Found> = HashMap::new();
    let mut problems = Vec::new();
    for (name, found) in named {
        match first.get(name) {
            Some(first) => {
                let message = format!("the flag {name:?} is also in {}", first.place);
                problems.push(Problem::new(&found.place, message));
            }
            None => drop(first.insert(name, found)),
        }
    }
    problems
}
