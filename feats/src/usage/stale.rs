//! Staleness: which features can be taken out of the code, or should be looked at.
//!
//! Only whole days on which uses of a feature were counted say something: not today, not the first day, and no day on which no
//! program that declares it ran.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::layout::{Counts, presence, split, stored};
use crate::model::{Declaration, FeatureKind, Timestamp};

const DAY: u128 = 24 * 60 * 60 * 1_000;

/// A feature that can be taken out of the code, or should be looked at. As text it is a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stale {
    /// The feature.
    pub feature: String,
    /// Why.
    pub why: Staleness,
}

/// Why a feature is stale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Staleness {
    /// The day until which it was meant to live is over.
    Expired {
        /// That day, as it was declared.
        on: String,
    },
    /// Uses were counted, and there were none.
    Unused {
        /// For how many whole days; at most 90.
        days: u32,
    },
    /// Everyone used the same implementation, and its state did not change.
    #[serde(rename = "single_implementation")]
    SingleImplementation {
        /// That implementation.
        implementation: String,
        /// For how many whole days; at most 90.
        days: u32,
    },
}

/// What was counted of a feature on a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Day {
    /// Whether uses were counted at all.
    counted: bool,
    /// The implementations that were used, as their counters name them.
    used: Vec<Arc<str>>,
}

/// What was counted on each day, the newest first, by the name that a feature's counters begin with. All have all days.
pub(crate) type Days = HashMap<String, Vec<Day>>;

/// Sorts what was counted on each day by feature.
pub(super) fn by_feature(days: Vec<Counts>) -> Days {
    let length = days.len();
    let mut features = Days::new();
    // The same names come again on every day.
    let mut names: HashSet<Arc<str>> = HashSet::new();
    for (at, counts) in days.into_iter().enumerate() {
        for (counter, uses) in counts {
            let (feature, implementation) = split(&counter);
            if !features.contains_key(feature) {
                features.insert(feature.to_owned(), vec![Day::default(); length]);
            }
            let Some(day) = features.get_mut(feature).and_then(|days| days.get_mut(at)) else { continue };
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

/// Why a feature is stale, after so many days; it can be for two reasons. `changed` is when its state was last published.
pub(crate) fn staleness(
    declaration: &Declaration,
    changed: impl FnOnce() -> Option<Timestamp>,
    counted: &Days,
    now: Timestamp,
    asked: u32,
) -> Vec<Staleness> {
    let mut why = Vec::new();
    if let (Some(on), true) = (&declaration.expires, declaration.is_expired(now)) {
        why.push(Staleness::Expired { on: on.to_string() });
    }
    let Some(days) = counted.get(&*presence(&declaration.name)) else { return why };
    let unused = whole_days(days, days.iter().take_while(|day| day.used.is_empty()).count());
    if unused >= asked {
        why.push(Staleness::Unused { days: unused });
    } else if let Some(answer) = days.iter().flat_map(|day| &day.used).next() {
        let same = days.iter().take_while(|day| day.used.iter().all(|used| used == answer));
        // Before its first use it gave no answer.
        let since_first = same.enumerate().filter(|(_, day)| !day.used.is_empty()).last().map_or(0, |(at, _)| at + 1);
        let days = whole_days(days, since_first);
        // Such features are there to be changed in a moment, or for ever.
        let lasting = matches!(declaration.kind, Some(FeatureKind::Ops | FeatureKind::Permission));
        if days >= asked && !lasting {
            let unchanged = changed().map_or(u128::MAX, |changed| now.since(changed).as_millis() / DAY);
            let days = days.min(u32::try_from(unchanged).unwrap_or(u32::MAX));
            if days >= asked {
                let name = declaration.names().find(|name| *stored(name) == **answer).unwrap_or(answer);
                why.push(Staleness::SingleImplementation { implementation: name.to_owned(), days });
            }
        }
    }
    why
}

/// How many of the last days were whole and counted; the newest day comes first. Today is not over, and on the first day ever
/// counting may have begun at any time.
fn whole_days(days: &[Day], lasted: usize) -> u32 {
    let counted = |days: Option<&[Day]>| days.into_iter().flatten().filter(|day| day.counted).count();
    let first_ever = usize::from(counted(days.get(lasted..)) == 0);
    u32::try_from(counted(days.get(1..lasted)).saturating_sub(first_ever)).unwrap_or(u32::MAX)
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.feature, self.why)
    }
}

impl fmt::Display for Staleness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lasting = |days: &u32| if *days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        match self {
            Self::Expired { on } => write!(f, "expired on {on}"),
            Self::Unused { days } => write!(f, "unused for {}", lasting(days)),
            Self::SingleImplementation { implementation, days } => {
                write!(f, "one answer for {}: {implementation}", lasting(days))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-12-01T09:00:00Z";

    /// What is said of a feature by its days, the newest first: `-` not counted, `.` counted and unused, else the
    /// implementations used.
    fn judged(declaration: &Declaration, days: &str, changed: Option<&str>, asked: u32) -> Vec<String> {
        let counted = |day: &str| -> Counts {
            let used = day.chars().filter(|day| !"-.".contains(*day));
            let presence = (day != "-").then(|| ("F".to_owned(), 0));
            presence.into_iter().chain(used.map(|name| (format!("F\u{1f}{name}"), 3))).collect()
        };
        let days = by_feature(days.split(' ').map(counted).collect());
        let time = |time: &str| time.parse::<Timestamp>().expect("a time");
        let why = staleness(declaration, || changed.map(time), &days, time(NOW), asked);
        why.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_whole_days_on_which_uses_were_counted_make_a_feature_unused() {
        let feature = Declaration::new("F", ["a", "b"]);
        let none: [&str; 0] = [];
        assert_eq!(judged(&feature, ". . . a", None, 2), ["unused for 2 days"]);
        assert_eq!(judged(&feature, ". . . a", None, 3), none);
        assert_eq!(judged(&feature, ". - . - . a", None, 2), ["unused for 2 days"], "nobody ran on the days between");
        assert_eq!(judged(&feature, ". . .", None, 2), none, "counting began the day before yesterday, at any hour");
        assert_eq!(judged(&feature, ". . . - -", None, 1), ["unused for 1 day"]);
        assert_eq!(judged(&feature, "a . . . b", None, 1), none);
        assert_eq!(judged(&feature, "- - - -", None, 1), none);
        assert_eq!(judged(&feature, "", None, 1), none);
    }

    #[test]
    fn one_answer_is_given_by_one_implementation_and_an_unchanged_state() {
        let mut feature = Declaration::new("F", ["a", "b"]);
        let none: [&str; 0] = [];
        assert_eq!(judged(&feature, "b b . b a", None, 3), ["one answer for 3 days: b"]);
        assert_eq!(judged(&feature, ". b . b a", None, 3), ["one answer for 3 days: b"]);
        assert_eq!(judged(&feature, "b b . b ab", None, 4), none);
        assert_eq!(judged(&feature, "b . b . .", None, 2), ["one answer for 2 days: b"]);
        assert_eq!(judged(&feature, "b . b . .", None, 3), none, "before its first use it gave no answer");
        assert_eq!(judged(&feature, "b b b b b", None, 4), none, "on the first day others may have been used before");
        assert_eq!(judged(&feature, "b b b b a", Some("2026-11-29T08:00:00Z"), 2), ["one answer for 2 days: b"]);
        assert_eq!(judged(&feature, "b b b b a", Some("2026-11-29T10:00:00Z"), 2), none);
        assert_eq!(judged(&feature, ". . . b a", None, 2), ["unused for 2 days"]);
        feature.kind = Some(FeatureKind::Ops);
        assert_eq!(judged(&feature, "b b b b a", None, 3), none);
        assert_eq!(judged(&feature, ". . . b a", None, 2), ["unused for 2 days"]);
    }

    #[test]
    fn a_stale_feature_has_stable_keys_as_json() {
        let json = |why| serde_json::to_value(Stale { feature: "F".to_owned(), why }).unwrap_or_default();
        let why = [
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
        for (why, expected) in why {
            assert_eq!(json(why), serde_json::json!({"feature": "F", "why": expected}));
        }
    }

    #[test]
    fn a_feature_past_its_day_is_told_beside_the_rest() {
        let mut feature = Declaration::new("F", ["a"]);
        feature.expires = Some("2026-01-31".into());
        assert_eq!(judged(&feature, "", None, 30), ["expired on 2026-01-31"]);
        assert_eq!(judged(&feature, ". . . a", None, 2), ["expired on 2026-01-31", "unused for 2 days"]);
        let stale = Stale { feature: "F".to_owned(), why: Staleness::Expired { on: "2026-01-31".to_owned() } };
        assert_eq!(stale.to_string(), "F: expired on 2026-01-31");
    }
}
