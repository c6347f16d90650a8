//! Flags as Flypper's stores keep them.

use crate::flags::ordered_json::{Json, Number, object};

/// A flag of Flypper, as its stores keep it.
///
/// ```
/// use feats::flags::flypper::Flag;
///
/// let flag = Flag::from_json(r#"{"name": "beta", "deleted": false, "enabled": true, "enabled_for_actors": null,
///     "enabled_for_percentage_of_actors": {"actor_key": "user", "percentage": 10.0}, "updated_at": 1.0, "version": 1}"#)?;
/// assert_eq!((flag.name(), flag.is_enabled(), flag.is_deleted()), ("beta", true, false));
/// assert!(flag.admits(1_000) && !flag.admits(1_001));
/// # Ok::<(), feats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    pub(in crate::flags) name: String,
    pub(in crate::flags) is_deleted: bool,
    pub(in crate::flags) is_enabled: bool,
    pub(in crate::flags) actors: Option<Actors>,
    pub(in crate::flags) percentage: Option<PercentageOfActors>,
    /// The time of the last change, in seconds since 1970.
    pub(in crate::flags) updated_at: Number,
    pub(in crate::flags) version: Number,
}

/// The actors for whom a flag is enabled.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flags) struct Actors {
    pub(in crate::flags) key: String,
    pub(in crate::flags) ids: Vec<Json>,
}

/// The share of actors for whom a flag is enabled.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flags) struct PercentageOfActors {
    pub(in crate::flags) key: String,
    /// The percentage, from 0 to 100.
    pub(in crate::flags) percentage: Number,
}

impl Flag {
    /// Returns the JSON text that Flypper writes for the flag.
    pub fn to_json(&self) -> String {
        let actors = self.actors.as_ref().map(|Actors { key, ids }| {
            object([("actor_key", key.as_str().into()), ("actor_ids", Json::List(ids.clone()))])
        });
        let percentage = self.percentage.as_ref().map(|PercentageOfActors { key, percentage }| {
            object([("actor_key", key.as_str().into()), ("percentage", percentage.clone().into())])
        });
        let flag = object([
            ("name", self.name.as_str().into()),
            ("deleted", self.is_deleted.into()),
            ("enabled", self.is_enabled.into()),
            ("enabled_for_actors", actors.unwrap_or(Json::Null)),
            ("enabled_for_percentage_of_actors", percentage.unwrap_or(Json::Null)),
            ("updated_at", self.updated_at.clone().into()),
            ("version", self.version.clone().into()),
        ]);
        flag.to_python()
    }

    /// Returns the name of the flag.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns `true` if the flag is enabled as a whole: its gates decide for each actor.
    pub fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Returns `true` if the flag was deleted, and can be reactivated.
    pub fn is_deleted(&self) -> bool {
        self.is_deleted
    }

    /// Returns `true` if the percentage admits the actors of a [bucket](super::bucket), from 0 to 9999. A percentage admits the
    /// buckets up to and including itself, so 0% admits bucket 0.
    pub fn admits(&self, bucket: u32) -> bool {
        self.percentage.as_ref().is_none_or(|percentage| percentage.admits(bucket))
    }
}

impl PercentageOfActors {
    /// Returns `true` if Flypper does not look at the actors at all, not even for the key.
    pub(in crate::flags) fn is_everyone(&self) -> bool {
        self.percentage.to_f64() == 100.0
    }

    /// Returns `true` if the percentage admits the actors of a bucket.
    ///
    /// Do not improve this function: it decides who keeps what.
    pub(in crate::flags) fn admits(&self, bucket: u32) -> bool {
        self.is_everyone() || f64::from(bucket) / 100.0 <= self.percentage.to_f64()
    }
}
