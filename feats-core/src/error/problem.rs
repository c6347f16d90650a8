//! Problems of an input, and suggestions for mistyped names.

use std::fmt;

use serde::Serialize;

use crate::text::quoted;

/// A problem of an input: its location, a message, and a suggestion if a known name is similar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    path: String,
    message: String,
    suggestion: Option<String>,
    /// The number of omitted problems that this entry stands for; 0 for a problem proper.
    #[serde(skip)]
    pub(super) omitted: usize,
}

impl Problem {
    /// Creates a problem at a path of the input, for example `rules[1].select.rollout.by`.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), suggestion: None, omitted: 0 }
    }

    /// Adds the known name most similar to `given` as a suggestion, if one is close enough.
    #[must_use]
    pub fn with_suggestion<'a>(mut self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.suggestion = closest(given, known).map(str::to_owned);
        self
    }

    /// Adds the known name most similar to `given` as a suggestion; if none is close enough, lists the known names.
    ///
    /// ```
    /// use feats::Problem;
    /// let problem = |given| Problem::new("pinned", "no such implementation").with_known_names(given, ["acme", "premium"]);
    /// assert_eq!(problem("premum").to_string(), "pinned: no such implementation; did you mean \"premium\"?");
    /// assert_eq!(problem("off").to_string(), "pinned: no such implementation; available: acme, premium");
    /// ```
    #[must_use]
    pub fn with_known_names<'a>(self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for name in known {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut problem = self.with_suggestion(given, names.iter().copied());
        if problem.suggestion.is_none() {
            problem.message.push_str(&listed(&names));
        }
        problem
    }

    /// Returns the path of the problem, such as `rules[0].when.segment`; empty if it concerns the whole input.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the message: what is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns `true` if this entry only counts further problems that a list does not keep.
    pub fn is_count(&self) -> bool {
        self.omitted > 0
    }

    /// Returns the problem as one of a larger input that contains this input at `path`.
    #[must_use]
    pub fn within(mut self, path: &str) -> Self {
        self.path = match self.path.chars().next() {
            None => path.to_owned(),
            Some('[') => format!("{path}{}", self.path),
            Some(_) => format!("{path}.{}", self.path),
        };
        self
    }

    /// Returns the name that was probably meant.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean {}?", quoted(suggestion)),
            None => Ok(()),
        }
    }
}

/// Lists the known names, at most ten of them, for a message about an unknown name.
fn listed(names: &[&str]) -> String {
    const MAX_NAMES: usize = 10;
    let is_word = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let shown = names.iter().take(MAX_NAMES);
    let shown = shown.map(|name| if is_word(name) { (*name).to_owned() } else { quoted(name) });
    let mut shown: Vec<String> = shown.collect();
    if names.len() > MAX_NAMES {
        shown.push(format!("{} more", names.len() - MAX_NAMES));
    }
    if shown.is_empty() { "; none is available".to_owned() } else { format!("; available: {}", shown.join(", ")) }
}

/// The maximum number of known names that a name is compared with.
const MAX_COMPARED: usize = 1_000;

/// Returns `true` if two names are similar enough in length to be compared.
fn is_of_length(name: &str, length: usize) -> bool {
    name.len() <= 2 * length + 8 && length <= 2 * name.len() + 8
}

/// Returns the known name most similar to `given`, if it is similar enough. A single missing, extra, wrong or transposed letter
/// makes short names similar too.
pub fn closest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if given.len() > 200 {
        return None;
    }
    let lower = given.to_lowercase();
    let known = known.into_iter().take(MAX_COMPARED).filter(|name| is_of_length(name, given.len()));
    known
        .map(|name| {
            let known = name.to_lowercase();
            let typo = given.len() > 2 && strsim::osa_distance(&lower, &known) == 1;
            (strsim::jaro_winkler(&lower, &known).max(if typo { 0.9 } else { 0.0 }), name)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name)
}
