//! Staleness: features that can be removed from the code, or need a review.
//!
//! Only complete days on which uses of a feature were counted are considered: not today, not the first day, and not a day on which no
//! program that declares it ran.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::layout::{Counts, implementation_name, presence_name, split};
use crate::model::{Declaration, FeatureKind, Timestamp};

const DAY: u128 = 24 * 60 * 60 * 1_000;

/// A feature that can be removed from the code, or needs a review. Its `Display` is a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stale {
    /// The name of the feature.
    pub feature: String,
    /// The reason.
    pub reason: Staleness,
}

/// The reason why a feature is stale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Staleness {
    /// The declared expiry date has passed.
    Expired {
        /// The date, as declared.
        on: String,
    },
    /// Uses are counted, and there were none.
    Unused {
        /// The number of complete days, at most 90.
        days: u32,
    },
    /// All uses were of one implementation, and the state did not change.
    #[serde(rename = "single_implementation")]
    SingleImplementation {
        /// The name of the implementation.
        implementation: String,
        /// The number of complete days, at most 90.
        days: u32,
    },
}

/// The counts of a feature on one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Day {
    /// `true` if uses were counted on that day.
    counted: bool,
    /// The implementations that were used, as named in their counters.
    used: Vec<Arc<str>>,
}

/// The counts of all days, newest first, by the feature's name in its counters. All features have the same number of days.
pub(crate) type Days = HashMap<String, Vec<Day>>;

/// Groups the counts of each day by feature.
pub(super) fn by_feature(days: Vec<Counts>) -> Days {
    let length = days.len();
    let mut features = Days::new();
    // Shares the names, which repeat on every day.
    let mut names: HashSet<Arc<str>> = HashSet::new();
    for (index, counts) in days.into_iter().enumerate() {
        for (counter, uses) in counts {
            let (feature, implementation) = split(&counter);
            if !features.contains_key(feature) {
                features.insert(feature.to_owned(), vec![Day::default(); length]);
            }
            let Some(day) = features.get_mut(feature).and_then(|days| days.get_mut(index)) else { continue };
            day.counted = true;
            if uses > 0 && !implementation.is_empty() {
                let name = names.get(implementation).cloned().unwrap_or_else(|| implementation.into());
                names.insert(name.clone());
                day.used.push(name);
            }
        }
    }
    features
}

/// Returns the reasons why a feature is stale, at most two of them. `changed` returns the time when its state was last published;
/// `min_days` is the number of days after which a feature is stale.
pub(crate) fn staleness(
    declaration: &Declaration,
    changed: impl FnOnce() -> Option<Timestamp>,
    counted: &Days,
    now: Timestamp,
    min_days: u32,
) -> Vec<Staleness> {
    let mut reasons = Vec::new();
    if let (Some(on), true) = (&declaration.expires, declaration.is_expired(now)) {
        reasons.push(Staleness::Expired { on: on.to_string() });
    }
    let Some(days) = counted.get(&*presence_name(&declaration.name)) else { return reasons };
    let unused = complete_days(days, days.iter().take_while(|day| day.used.is_empty()).count());
    if unused >= min_days {
        reasons.push(Staleness::Unused { days: unused });
    } else if let Some(only) = days.iter().flat_map(|day| &day.used).next() {
        let same = days.iter().take_while(|day| day.used.iter().all(|used| used == only));
        // Days before the first use do not count.
        let since_first =
            same.enumerate().filter(|(_, day)| !day.used.is_empty()).last().map_or(0, |(index, _)| index + 1);
        let days = complete_days(days, since_first);
        // Features of these kinds are meant to stay, even if their choice rarely changes.
        let is_permanent = matches!(declaration.kind, Some(FeatureKind::Ops | FeatureKind::Permission));
        if days >= min_days && !is_permanent {
            let unchanged = changed().map_or(u128::MAX, |changed| now.since(changed).as_millis() / DAY);
            let days = days.min(u32::try_from(unchanged).unwrap_or(u32::MAX));
            if days >= min_days {
                let name = declaration.names().find(|name| *implementation_name(name) == **only).unwrap_or(only);
                reasons.push(Staleness::SingleImplementation { implementation: name.to_owned(), days });
            }
        }
    }
    reasons
}

/// Returns how many of the last `length` days are complete and were counted; the newest day is first. Today is not complete, and
/// neither is the very first day, on which counting may have started at any time.
fn complete_days(days: &[Day], length: usize) -> u32 {
    let counted = |days: Option<&[Day]>| days.into_iter().flatten().filter(|day| day.counted).count();
    let first_ever = usize::from(counted(days.get(length..)) == 0);
    u32::try_from(counted(days.get(1..length)).saturating_sub(first_ever)).unwrap_or(u32::MAX)
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.feature, self.reason)
    }
}

impl fmt::Display for Staleness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let duration = |days: &u32| crate::text::counted(*days, "day");
        match self {
            Self::Expired { on } => write!(f, "expired on {on}"),
            Self::Unused { days } => write!(f, "unused for {}", duration(days)),
            Self::SingleImplementation { implementation, days } => {
                write!(f, "only {} for {}", crate::text::quoted(implementation), duration(days))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-12-01T09:00:00Z";

    /// Returns the reasons for a feature by its days, newest first: `-` not counted, `.` counted and unused, else the
    /// implementations used.
    fn reasons(declaration: &Declaration, days: &str, changed: Option<&str>, min_days: u32) -> Vec<String> {
        let counted = |day: &str| -> Counts {
            let used = day.chars().filter(|day| !"-.".contains(*day));
            let presence = (day != "-").then(|| ("F".to_owned(), 0));
            presence.into_iter().chain(used.map(|name| (format!("F\u{1f}{name}"), 3))).collect()
        };
        let days = by_feature(days.split(' ').map(counted).collect());
        let time = |time: &str| time.parse::<Timestamp>().expect("a time");
        let why = staleness(declaration, || changed.map(time), &days, time(NOW), min_days);
        why.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_complete_days_on_which_uses_were_counted_make_a_feature_unused() {
        let feature = Declaration::new("F", ["a", "b"]);
        let none: [&str; 0] = [];
        assert_eq!(reasons(&feature, ". . . a", None, 2), ["unused for 2 days"]);
        assert_eq!(reasons(&feature, ". . . a", None, 3), none);
        assert_eq!(
            reasons(&feature, ". - . - . a", None, 2),
            ["unused for 2 days"],
            "no program ran on the days in between"
        );
        assert_eq!(reasons(&feature, ". . .", None, 2), none, "counting started the day before yesterday, at any hour");
        assert_eq!(reasons(&feature, ". . . - -", None, 1), ["unused for 1 day"]);
        assert_eq!(reasons(&feature, "a . . . b", None, 1), none);
        assert_eq!(reasons(&feature, "- - - -", None, 1), none);
        assert_eq!(reasons(&feature, "", None, 1), none);
    }

    #[test]
    fn a_feature_with_one_used_implementation_and_an_unchanged_state_is_stale() {
        let mut feature = Declaration::new("F", ["a", "b"]);
        let none: [&str; 0] = [];
        assert_eq!(reasons(&feature, "b b . b a", None, 3), [r#"only "b" for 3 days"#]);
        assert_eq!(reasons(&feature, ". b . b a", None, 3), [r#"only "b" for 3 days"#]);
        assert_eq!(reasons(&feature, "b b . b ab", None, 4), none);
        assert_eq!(reasons(&feature, "b . b . .", None, 2), [r#"only "b" for 2 days"#]);
        assert_eq!(reasons(&feature, "b . b . .", None, 3), none, "days before the first use do not count");
        assert_eq!(
            reasons(&feature, "b b b b b", None, 4),
            none,
            "on the first day other implementations may have been used before"
        );
        assert_eq!(reasons(&feature, "b b b b a", Some("2026-11-29T08:00:00Z"), 2), [r#"only "b" for 2 days"#]);
        assert_eq!(reasons(&feature, "b b b b a", Some("2026-11-29T10:00:00Z"), 2), none);
        assert_eq!(reasons(&feature, ". . . b a", None, 2), ["unused for 2 days"]);
        feature.kind = Some(FeatureKind::Ops);
        assert_eq!(reasons(&feature, "b b b b a", None, 3), none);
        assert_eq!(reasons(&feature, ". . . b a", None, 2), ["unused for 2 days"]);
    }

    #[test]
    fn a_stale_feature_has_stable_keys_as_json() {
        let json = |reason| serde_json::to_value(Stale { feature: "F".to_owned(), reason }).unwrap_or_default();
        let reasons = [
            (
                Staleness::Expired { on: "2026-01-31".to_owned() },
                serde_json::json!({"reason": "expired", "on": "2026-01-31"}),
            ),
            (Staleness::Unused { days: 7 }, serde_json::json!({"reason": "unused", "days": 7})),
            (
                Staleness::SingleImplementation { implementation: "a".to_owned(), days: 7 },
                serde_json::json!({"reason": "single_implementation", "implementation": "a", "days": 7}),
            ),
        ];
        for (reason, expected) in reasons {
            assert_eq!(json(reason), serde_json::json!({"feature": "F", "reason": expected}));
        }
    }

    #[test]
    fn an_expired_feature_is_reported_with_its_other_reasons() {
        let mut feature = Declaration::new("F", ["a"]);
        feature.expires = Some("2026-01-31".into());
        assert_eq!(reasons(&feature, "", None, 30), ["expired on 2026-01-31"]);
        assert_eq!(reasons(&feature, ". . . a", None, 2), ["expired on 2026-01-31", "unused for 2 days"]);
        let stale = Stale { feature: "F".to_owned(), reason: Staleness::Expired { on: "2026-01-31".to_owned() } };
        assert_eq!(stale.to_string(), "F: expired on 2026-01-31");
    }
}
