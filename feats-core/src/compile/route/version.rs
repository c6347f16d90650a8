//! Versions, parsed and compared without allocation; [`evaluate`](crate::evaluate#conditions) defines which texts are versions and
//! how they are ordered.
//!
//! Ranges are parsed by the `semver` crate, but versions are not. `VersionReq::matches` accepts a pre-release only if a comparator
//! names one of the same `major.minor.patch`, whereas operators compare by precedence: `2.1.0-beta.1` is at least `2.0.0`.
//! `Version::parse` rejects `v1.2.3` and `17.4`, which are common as app versions, and allocates for all but short pre-releases
//! and build metadata, whereas an evaluation must not allocate.

use std::cmp::Ordering;
use std::sync::Arc;

use semver::{Comparator, Op, VersionReq};

/// A range such as `>=1.2, <2`: all comparators must match.
#[derive(Clone, Debug)]
pub(crate) struct Range(Arc<[Comparator]>);

/// A version that borrows its text. Build metadata is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version<'a> {
    major: u64,
    minor: u64,
    patch: u64,
    pre: &'a str,
}

impl Range {
    pub(crate) fn new(range: &str) -> Result<Self, String> {
        let range = VersionReq::parse(range).map_err(|error| format!("not a version range: {error}"))?;
        Ok(Self(range.comparators.into()))
    }

    /// Returns `true` if the text is a version within the range; `None` if it is not a version.
    pub(crate) fn contains(&self, text: &str) -> Option<bool> {
        let version = Version::parse(text)?;
        Some(self.0.iter().all(|comparator| version.satisfies(comparator)))
    }
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
        let (core, pre) = rest.split_once('-').map_or((rest, None), |(core, pre)| (core, Some(pre)));
        let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let identifiers = |text: &str, strict: bool| {
            text.split('.').all(|part| {
                let zero = strict && part.len() > 1 && part.starts_with('0') && numeric(part);
                !part.is_empty() && !zero && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
        };
        if pre.is_some_and(|pre| !identifiers(pre, true)) || build.is_some_and(|build| !identifiers(build, false)) {
            return None;
        }
        let mut numbers = core.split('.').map(|part| {
            let canonical = !part.is_empty() && numeric(part) && (part.len() == 1 || !part.starts_with('0'));
            canonical.then(|| part.parse::<u64>().ok()).flatten()
        });
        let major = numbers.next()??;
        // A missing number is 0; an invalid one makes the whole text invalid.
        let mut number = || numbers.next().map_or(Some(0), |number| number);
        let (minor, patch) = (number()?, number()?);
        numbers.next().is_none().then_some(Self { major, minor, patch, pre: pre.unwrap_or("") })
    }

    fn satisfies(&self, comparator: &Comparator) -> bool {
        match comparator.op {
            Op::Exact if comparator.patch.is_some() => self.precedence(comparator).is_eq(),
            Op::Exact | Op::Wildcard => self.is_at_least(comparator) && self.has_prefix(comparator, 3),
            Op::Greater => self.is_after(comparator),
            Op::GreaterEq => self.is_at_least(comparator),
            Op::Less => !self.is_at_least(comparator),
            Op::LessEq => !self.is_after(comparator),
            Op::Tilde => self.is_at_least(comparator) && self.has_prefix(comparator, 2),
            Op::Caret => self.is_at_least(comparator) && self.has_prefix(comparator, significant(comparator)),
            _ => false,
        }
    }

    /// Compares this version with the comparator's, whose missing numbers are 0.
    fn precedence(&self, other: &Comparator) -> Ordering {
        let core = (other.major, other.minor.unwrap_or(0), other.patch.unwrap_or(0));
        let order = (self.major, self.minor, self.patch).cmp(&core);
        order.then_with(|| compare_prereleases(self.pre, other.pre.as_str()))
    }

    fn is_at_least(&self, other: &Comparator) -> bool {
        self.precedence(other).is_ge()
    }

    /// Returns `true` if this version is after every version that starts with the numbers of the comparator.
    fn is_after(&self, other: &Comparator) -> bool {
        self.precedence(other).is_gt() && (other.patch.is_some() || !self.has_prefix(other, 3))
    }

    /// Returns `true` if the first `count` numbers of the comparator, where given, equal those of this version.
    fn has_prefix(&self, other: &Comparator, count: usize) -> bool {
        let numbers = [(self.major, Some(other.major)), (self.minor, other.minor), (self.patch, other.patch)];
        numbers.iter().take(count).all(|(own, stated)| stated.is_none_or(|stated| stated == *own))
    }
}

/// Returns how many leading numbers are fixed by a caret: up to the first one that is not 0.
fn significant(caret: &Comparator) -> usize {
    match (caret.major, caret.minor) {
        (0, Some(0)) => 3,
        (0, _) => 2,
        _ => 1,
    }
}

/// Compares pre-releases by precedence (§11 of the specification).
fn compare_prereleases(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let ordering = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => compare_identifiers(a, b),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
}

fn compare_identifiers(a: &str, b: &str) -> Ordering {
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (numeric(a), numeric(b)) {
        (true, true) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(version: &str, range: &str) -> Option<bool> {
        Range::new(range).expect(range).contains(version)
    }

    /// Precedence decides whether a pre-release is within a range (Masterminds/semver#85, Unleash/client-specification#127).
    #[test]
    fn versions_are_within_ranges_by_precedence() {
        for (version, yes, no) in [
            ("2.1.0-beta.1", ">=2.0.0", "<2.0.0"),
            ("2.1.0-beta.1", "<2.1.0", ">=2.1.0"),
            ("2.1.0-beta.1", ">2.1.0-alpha", ">2.1.0-beta.1"),
            ("2.1.0-beta.1", ">=2.1.0-beta.1", "<2.1.0-beta.1"),
            ("2.1.0-beta.2", "<2.1.0-beta.10", ">=2.1.0-beta.10"),
            ("2.1.0-beta.1", "^2.0.0", "^2.1.0"),
            ("2.1.0-beta.1", "~2.1.0-alpha", "~2.1.0"),
            ("3.0.0-beta.1", ">=2.0.0, <3", "^2"),
            ("3.0.0-beta.1", ">2", "<=2"),
            ("3.0.0", ">=2.0.0, <=3", ">=2.0.0, <3"),
            ("2.9.9", ">=2.0.0, <3", ">=3"),
            ("v1.2.3", "=1.2.3", ">1.2.3"),
            ("V1.2.3", "^1.2", "<1.2.3"),
            ("17.4", ">=17.4.0", "<17.4.0"),
            ("17.4", "=17.4.0", ">17.4"),
            ("17", "17.*", ">17"),
            ("17", ">=17, <18", "<17"),
            ("17-rc.1", "<17", ">=17"),
            ("17.4.1", "<=17.4", ">17.4"),
            ("1.2.3+build", "=1.2.3", ">1.2.3"),
            ("0.2.9", "^0.2.3", "^0.1"),
            ("0.0.3", "^0.0.3", "^0.0.2"),
            ("0.9.0", "^0", "^1"),
            ("1.9.9", "1.2.3", "~1.2.3"),
            ("1.2.9", "~1.2.3", "~1.3"),
            ("1.2.3-1", "=1.2", "=1.2.3"),
            ("1.2.3-1", "*", ">=1.2.3"),
        ] {
            assert_eq!(within(version, yes), Some(true), "{version} in {yes}");
            assert_eq!(within(version, no), Some(false), "{version} in {no}");
        }
    }

    #[test]
    fn for_text_that_is_not_a_version_the_result_is_unknown() {
        for text in [
            "",
            "v",
            "vv1",
            "1.",
            ".1",
            "1.2.3.4",
            "1.2.3-",
            "1.2.3+",
            "01.2.3",
            "1.2.x",
            "-1",
            "1,2",
            " 1.2",
            "garbage",
            "18446744073709551616",
            "1.2.3-01",
            "1.2.3-é",
        ] {
            assert_eq!(within(text, "*"), None, "{text:?}");
            assert_eq!(within(text, "<1"), None, "{text:?}");
        }
    }
}
