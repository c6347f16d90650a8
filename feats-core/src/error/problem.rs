//! One thing that is wrong with an input, and the name that was probably meant.

use std::fmt;

use serde::Serialize;

use crate::text::quoted;

/// One thing that is wrong with an input: where, what, and if possible what was meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    path: String,
    message: String,
    suggestion: Option<String>,
    /// How many problems this one stands for that are not kept; 0 for a problem itself.
    #[serde(skip)]
    pub(super) omitted: usize,
}

impl Problem {
    /// A problem at a path of the input, for example `rules[1].select.rollout.by`.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), suggestion: None, omitted: 0 }
    }

    /// Adds the known name that is most like `given`, if one is close enough to have been meant.
    #[must_use]
    pub fn meaning<'a>(mut self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        self.suggestion = closest(given, known).map(str::to_owned);
        self
    }

    /// Adds the known name that is most like `given`; if none is, all known names.
    ///
    /// ```
    /// use feats::Problem;
    /// let problem = |given| Problem::new("pinned", "no such implementation").listing(given, ["acme", "premium"]);
    /// assert_eq!(problem("premum").to_string(), "pinned: no such implementation; did you mean \"premium\"?");
    /// assert_eq!(problem("off").to_string(), "pinned: no such implementation; there are acme and premium");
    /// ```
    #[must_use]
    pub fn listing<'a>(self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for name in known {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut problem = self.meaning(given, names.iter().copied());
        if problem.suggestion.is_none() {
            problem.message.push_str(&listed(&names));
        }
        problem
    }

    /// Where: a path into the input, such as `rules[0].when.segment`; empty for the whole input.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether this is no single problem, but how many more there are than a list keeps.
    pub fn is_count(&self) -> bool {
        self.omitted > 0
    }

    /// The same problem of a larger input, in which the input stands at `path`.
    #[must_use]
    pub fn within(mut self, path: &str) -> Self {
        self.path = match self.path.chars().next() {
            None => path.to_owned(),
            Some('[') => format!("{path}{}", self.path),
            Some(_) => format!("{path}.{}", self.path),
        };
        self
    }

    /// What was probably meant.
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

/// What there is instead of a name that there is not: at most ten names.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 10;
    let is_word = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let shown = names.iter().take(SHOWN);
    let shown = shown.map(|name| if is_word(name) { (*name).to_owned() } else { quoted(name) });
    let mut shown: Vec<String> = shown.collect();
    if names.len() > SHOWN {
        shown.push(format!("{} more", names.len() - SHOWN));
    }
    match shown.split_last() {
        None => "; there is none".to_owned(),
        Some((only, [])) => format!("; there is only {only}"),
        Some((last, others)) => format!("; there are {} and {last}", others.join(", ")),
    }
}

/// The most known names that one name is compared with.
const MAX_COMPARED: usize = 1_000;

/// Whether a name is near enough in length to be meant.
fn is_of_length(name: &str, length: usize) -> bool {
    name.len() <= 2 * length + 8 && length <= 2 * name.len() + 8
}

/// The known name that is most like `given`, if it is like it at all. One letter that is missing, too much, wrong or swapped
/// with its neighbour makes short names alike too.
pub fn closest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if given.len() > 200 {
        return None;
    }
    let lower = given.to_lowercase();
    let known = known.into_iter().take(MAX_COMPARED).filter(|name| is_of_length(name, given.len()));
    known
        .map(|name| {
            let known = name.to_lowercase();
            let slip = given.len() > 2 && strsim::osa_distance(&lower, &known) == 1;
            (strsim::jaro_winkler(&lower, &known).max(if slip { 0.9 } else { 0.0 }), name)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name)
}
