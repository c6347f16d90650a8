//! Semantic versions, read and compared in place: <https://semver.org/spec/v2.0.0.html>.
//!
//! The ranges are those of the `semver` crate, whose own versions allocate for long pre-release names; a property test
//! holds the two against each other.

use std::cmp::Ordering;
use std::sync::Arc;

use semver::{Comparator, Op, VersionReq};

/// A range such as `>=1.2, <2`.
#[derive(Clone, Debug)]
pub(super) struct Range(Arc<[Comparator]>);

/// A version, borrowed from its text. Build metadata counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version<'a> {
    major: u64,
    minor: u64,
    patch: u64,
    pre: &'a str,
}

impl Range {
    pub(super) fn new(range: &str) -> Result<Self, String> {
        let range = VersionReq::parse(range).map_err(|error| format!("this is no range of versions: {error}"))?;
        Ok(Self(range.comparators.into()))
    }

    /// Whether the text is a version within the range.
    pub(super) fn contains(&self, text: &str) -> bool {
        let Some(version) = Version::parse(text) else { return false };
        self.0.iter().all(|comparator| version.satisfies(comparator))
            && (version.pre.is_empty() || self.0.iter().any(|comparator| version.is_prerelease_of(comparator)))
    }
}

impl<'a> Version<'a> {
    fn parse(text: &'a str) -> Option<Self> {
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
        let (major, minor, patch) = (numbers.next()??, numbers.next()??, numbers.next()??);
        numbers.next().is_none().then_some(Self { major, minor, patch, pre: pre.unwrap_or("") })
    }

    fn core(&self) -> (u64, u64, u64) {
        (self.major, self.minor, self.patch)
    }

    fn satisfies(&self, comparator: &Comparator) -> bool {
        match comparator.op {
            Op::Exact | Op::Wildcard => self.is_exactly(comparator),
            Op::Greater => self.is_greater(comparator),
            Op::GreaterEq => self.is_exactly(comparator) || self.is_greater(comparator),
            Op::Less => self.is_less(comparator),
            Op::LessEq => self.is_exactly(comparator) || self.is_less(comparator),
            Op::Tilde => self.is_tilde(comparator),
            Op::Caret => self.is_caret(comparator),
            _ => false,
        }
    }

    fn is_exactly(&self, other: &Comparator) -> bool {
        self.major == other.major
            && other.minor.is_none_or(|minor| minor == self.minor)
            && other.patch.is_none_or(|patch| patch == self.patch)
            && self.pre == other.pre.as_str()
    }

    fn is_greater(&self, other: &Comparator) -> bool {
        self.ordering(other).is_some_and(Ordering::is_gt)
    }

    fn is_less(&self, other: &Comparator) -> bool {
        self.ordering(other).is_some_and(Ordering::is_lt)
    }

    /// How this version compares with as much as the comparator states; `None` where that leaves it open.
    fn ordering(&self, other: &Comparator) -> Option<Ordering> {
        if self.major != other.major {
            return Some(self.major.cmp(&other.major));
        }
        let minor = other.minor?;
        if self.minor != minor {
            return Some(self.minor.cmp(&minor));
        }
        let patch = other.patch?;
        Some(self.patch.cmp(&patch).then_with(|| compare_prereleases(self.pre, other.pre.as_str())))
    }

    fn is_at_least_prerelease(&self, other: &Comparator) -> bool {
        compare_prereleases(self.pre, other.pre.as_str()).is_ge()
    }

    fn is_tilde(&self, other: &Comparator) -> bool {
        let same_minor = self.major == other.major && other.minor.is_none_or(|minor| minor == self.minor);
        same_minor
            && match other.patch {
                Some(patch) if self.patch != patch => self.patch > patch,
                _ => self.is_at_least_prerelease(other),
            }
    }

    fn is_caret(&self, other: &Comparator) -> bool {
        if self.major != other.major {
            return false;
        }
        let Some(minor) = other.minor else { return true };
        let Some(patch) = other.patch else {
            return if other.major > 0 { self.minor >= minor } else { self.minor == minor };
        };
        if other.major > 0 {
            if self.minor != minor {
                return self.minor > minor;
            }
            if self.patch != patch {
                return self.patch > patch;
            }
        } else if minor > 0 {
            if self.minor != minor {
                return false;
            }
            if self.patch != patch {
                return self.patch > patch;
            }
        } else if self.minor != minor || self.patch != patch {
            return false;
        }
        self.is_at_least_prerelease(other)
    }

    /// A pre-release is within a range only where the range names a pre-release of the same version.
    fn is_prerelease_of(&self, other: &Comparator) -> bool {
        self.core() == (other.major, other.minor.unwrap_or(u64::MAX), other.patch.unwrap_or(u64::MAX))
            && !other.pre.is_empty()
    }
}

/// Precedence of pre-release names: §11 of the specification.
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
