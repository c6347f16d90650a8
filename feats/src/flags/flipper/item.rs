//! Items: flags as Flipper's stores keep them.

use super::bucketer::{Bucketer, Percentage};
use super::condition::Condition;
use super::percentage::admits;
use crate::flags::ordered_json::{Json, Number, Object, object};
use crate::model::Timestamp;

/// A flag of Flipper, as its stores keep it: in Redis, Consul, S3 and PostgreSQL, the same JSON text.
///
/// ```
/// use feats::flags::flipper::Item;
///
/// let item = Item::from_json(r#"{"feature_name": "HOMEPAGE", "is_enabled": true, "meta": {"created_date": 1514764800}}"#)?;
/// assert_eq!((item.name(), item.is_enabled()), ("HOMEPAGE", true));
/// assert_eq!(
///     item.to_json(),
///     r#"{"feature_name": "HOMEPAGE", "is_enabled": true, "meta": {"client_data": {}, "created_date": 1514764800, "#.to_owned()
///         + r#""conditions": [], "bucketer": {"type": "NoOpBucketer"}}}"#
/// );
///
/// let error = Item::from_json(r#"{"feature_name": "HOMEPAGE", "is_enabled": 1, "meta": {}}"#).unwrap_err();
/// let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
/// assert_eq!(problems, ["is_enabled: this must be true or false, not a number", "meta.created_date: this field is required"]);
/// # Ok::<(), feats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub(in crate::flags) name: String,
    pub(in crate::flags) is_enabled: bool,
    /// The time of the creation, in seconds since 1970.
    pub(in crate::flags) created_date: Number,
    pub(in crate::flags) client_data: Object,
    pub(in crate::flags) conditions: Vec<Condition>,
    pub(in crate::flags) bucketer: Bucketer,
    /// The paths of checks that Flipper drops when it reads the item, because a later one has the same variable and operator.
    pub(in crate::flags) dropped_checks: Vec<String>,
}

impl Item {
    /// Returns the JSON text that Flipper writes for the item. Keys that Flipper does not know are missing in it.
    pub fn to_json(&self) -> String {
        let meta = object([
            ("client_data", Json::Object(self.client_data.clone())),
            ("created_date", self.created_date.clone().into()),
            ("conditions", Json::List(self.conditions.iter().map(Condition::to_json).collect())),
            ("bucketer", self.bucketer.to_json()),
        ]);
        let item = object([
            ("feature_name", self.name.as_str().into()),
            ("is_enabled", self.is_enabled.into()),
            ("meta", meta),
        ]);
        item.to_python()
    }

    /// Returns the name of the flag.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns `true` if the flag is enabled as a whole: conditions and the bucketer decide for each subject.
    pub fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// Returns `true` if Flipper's bucketer admits a subject with this score at an instant. The score is the
    /// [bucket](super::bucket) divided by 100, or the number from 0 to 1 that the bucketer draws.
    ///
    /// A percentage of exactly 0 admits no score. Any other one admits the scores up to and including itself, so 0.5 admits the buckets
    /// from 0 to 50.
    ///
    /// ```
    /// use feats::Timestamp;
    /// use feats::flags::flipper::Item;
    ///
    /// let item = Item::from_json(r#"{"feature_name": "F", "is_enabled": true, "meta": {"created_date": 0, "bucketer":
    ///     {"type": "PercentageBucketer", "percentage": {"type": "Percentage", "value": 0.5}}}}"#)?;
    /// let now = Timestamp::from_millis(0);
    /// assert!(item.admits(0.5, now) && !item.admits(0.51, now));
    /// # Ok::<(), feats::Error>(())
    /// ```
    pub fn admits(&self, score: f64, at: Timestamp) -> bool {
        self.bucketer.percentage().is_none_or(|percentage| admits(score, percentage.value(at)))
    }

    /// Returns the share of the bucketer at an instant, from 0 to 1, exactly as Flipper computes it; `None` without a percentage. The
    /// share of a ramp can be negative, and that of any other bucketer is what its JSON says.
    pub fn percentage(&self, at: Timestamp) -> Option<f64> {
        self.bucketer.percentage().map(|percentage: &Percentage| percentage.value(at))
    }
}
