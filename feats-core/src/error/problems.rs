//! Lists of problems: the first ones are kept, the others only counted.

use super::problem::Problem;

/// The maximum number of problems reported for one input. Further problems are counted.
pub const MAX_PROBLEMS: usize = 100;

/// The maximum number of problems per list that get a suggestion.
const MAX_SUGGESTIONS: usize = 20;

/// A collector for the problems of one input, which keeps the first 100 and counts the others. Even for a large input with
/// a problem in every part, the cost stays proportional to reading it.
///
/// ```
/// use feats::{Problem, Problems};
/// let mut problems = Problems::default();
/// for index in 0..2_000 {
///     problems.push(|| Problem::new(format!("rules[{index}]"), "a rule is an object, not a number"));
/// }
/// assert_eq!(problems.into_vec().last().unwrap().to_string(), "and 1 900 more problems");
/// ```
#[derive(Debug, Default)]
pub struct Problems {
    kept: Vec<Problem>,
    omitted: usize,
    suggestions: usize,
}

impl Problems {
    /// Adds a problem. The closure is called only if the list is not full yet.
    pub fn push(&mut self, problem: impl FnOnce() -> Problem) {
        if self.is_full() { self.omitted = self.omitted.saturating_add(1) } else { self.kept.push(problem()) }
    }

    /// Adds a problem that suggests the known name most similar to `given`.
    pub fn push_with_suggestion<'a>(
        &mut self,
        problem: impl FnOnce() -> Problem,
        given: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let suggests = self.suggests();
        self.push(|| if suggests { problem().with_suggestion(given, known) } else { problem() });
    }

    /// Adds a problem that suggests the known name most similar to `given`; if none is close enough, it lists the known names.
    pub fn push_with_known_names<'a>(
        &mut self,
        problem: impl FnOnce() -> Problem,
        given: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        let suggests = self.suggests();
        self.push(|| if suggests { problem().with_known_names(given, known) } else { problem() });
    }

    fn suggests(&mut self) -> bool {
        let suggests = self.suggestions < MAX_SUGGESTIONS && !self.is_full();
        self.suggestions += usize::from(suggests);
        suggests
    }

    /// Adds problems that were collected elsewhere, including those that were only counted there.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        for problem in problems {
            match problem.omitted {
                0 => self.push(|| problem),
                omitted => self.omitted = self.omitted.saturating_add(omitted),
            }
        }
    }

    /// Returns `true` if there are no problems.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.omitted == 0
    }

    /// Returns `true` if further problems are only counted.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= MAX_PROBLEMS
    }

    /// Returns the kept problems. If more were counted, a last entry says how many.
    pub fn into_vec(self) -> Vec<Problem> {
        let more = match self.omitted {
            0 => None,
            1 => Some("and 1 more problem".to_owned()),
            omitted => Some(format!("and {} more problems", grouped(omitted))),
        };
        let mut problems = self.kept;
        problems.extend(more.map(|message| {
            let mut count = Problem::new("", message);
            count.omitted = self.omitted;
            count
        }));
        problems
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(problems: Vec<Problem>) -> Self {
        let mut collected = Self::default();
        collected.extend(problems);
        collected
    }
}

/// Formats a number with a space between groups of three digits.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == first {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(count: usize) -> Vec<Problem> {
        (0..count).map(|index| Problem::new(format!("rules[{index}]"), "this is an object, not a number")).collect()
    }

    #[test]
    fn a_hundred_problems_are_kept_and_the_others_counted() {
        assert_eq!(Problems::from(problems(100)).into_vec(), problems(100));
        let many = Problems::from(problems(1_334)).into_vec();
        assert_eq!(many.len(), 101);
        assert_eq!(many[..100], problems(100)[..]);
        assert_eq!(many[100].to_string(), "and 1 234 more problems");
        assert_eq!(Problems::from(problems(101)).into_vec()[100].to_string(), "and 1 more problem");
    }

    #[test]
    fn problems_that_were_only_counted_stay_counted() {
        let mut merged = Problems::from(Problems::from(problems(150)).into_vec());
        merged.extend(Problems::from(problems(2_000_000)).into_vec());
        let merged = merged.into_vec();
        assert_eq!(merged.last().unwrap().to_string(), "and 2 000 050 more problems");
        assert_eq!(merged.len(), 101);
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let numbers = [0, 12, 100, 1_000, 65_536, 100_000, 1_234_567].map(grouped);
        assert_eq!(numbers, ["0", "12", "100", "1 000", "65 536", "100 000", "1 234 567"]);
    }
}
