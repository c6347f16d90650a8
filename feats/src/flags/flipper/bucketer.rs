//! Bucketers of Flipper: which share of subjects a flag is enabled for.

use super::percentage::{MICROS_PER_SECOND, MILLIS_PER_SECOND, linear, micros};
use crate::flags::ordered_json::{Json, Number, object};
use crate::model::Timestamp;

/// A bucketer.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flags) enum Bucketer {
    /// Admits everyone.
    NoOp,
    /// Draws a number for each decision.
    Random(Percentage),
    /// Hashes the values of these keys; of all keys if the list is empty.
    Consistent { percentage: Percentage, keys: Vec<String> },
}

/// A share of subjects, from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flags) enum Percentage {
    Fixed(Number),
    Ramp(LinearRamp),
}

/// A share that changes over time.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::flags) struct LinearRamp {
    pub(in crate::flags) initial: Number,
    pub(in crate::flags) last: Number,
    /// The duration in seconds.
    pub(in crate::flags) duration: Number,
    /// The start in seconds since 1970. Without it, the ramp starts again whenever Flipper reads the flag.
    pub(in crate::flags) start: Option<Number>,
}

impl Bucketer {
    pub(super) const NO_OP: &str = "NoOpBucketer";
    pub(super) const RANDOM: &str = "PercentageBucketer";
    pub(super) const CONSISTENT: &str = "ConsistentHashPercentageBucketer";

    /// Returns the percentage, if the bucketer has one.
    pub(in crate::flags) fn percentage(&self) -> Option<&Percentage> {
        match self {
            Bucketer::NoOp => None,
            Bucketer::Random(percentage) | Bucketer::Consistent { percentage, .. } => Some(percentage),
        }
    }

    pub(in crate::flags) fn to_json(&self) -> Json {
        match self {
            Bucketer::NoOp => object([("type", Self::NO_OP.into())]),
            Bucketer::Random(percentage) => {
                object([("type", Self::RANDOM.into()), ("percentage", percentage.to_json())])
            }
            Bucketer::Consistent { percentage, keys } => object([
                ("type", Self::CONSISTENT.into()),
                ("percentage", percentage.to_json()),
                ("key_whitelist", Json::List(keys.iter().map(|key| key.as_str().into()).collect())),
            ]),
        }
    }
}

impl Percentage {
    pub(super) const FIXED: &str = "Percentage";
    pub(super) const RAMP: &str = "LinearRampPercentage";

    /// Returns the share at an instant, as Flipper computes it.
    pub(in crate::flags) fn value(&self, now: Timestamp) -> f64 {
        match self {
            Percentage::Fixed(value) => value.to_f64(),
            Percentage::Ramp(ramp) => ramp.value(now),
        }
    }

    fn to_json(&self) -> Json {
        match self {
            Percentage::Fixed(value) => object([("type", Self::FIXED.into()), ("value", value.clone().into())]),
            Percentage::Ramp(ramp) => ramp.to_json(),
        }
    }
}

impl LinearRamp {
    /// Returns the share at an instant, as Flipper computes it.
    pub(in crate::flags) fn value(&self, now: Timestamp) -> f64 {
        let (initial, last, duration) = (self.initial.to_f64(), self.last.to_f64(), self.duration.to_f64());
        match &self.start {
            _ if duration == 0.0 => last,
            None => last.min(initial),
            Some(start) => {
                let elapsed = now.as_millis().saturating_mul(1_000).saturating_sub(micros(start.to_f64()));
                linear(initial, last, duration, elapsed)
            }
        }
    }

    /// Returns the start; `None` if there is none.
    pub(in crate::flags) fn start(&self) -> Option<Timestamp> {
        let start = self.start.as_ref()?.to_f64() * MILLIS_PER_SECOND;
        #[allow(clippy::cast_possible_truncation, reason = "a float beyond the range becomes the end of the range")]
        Some(Timestamp::from_millis(start.round() as i64))
    }

    fn to_json(&self) -> Json {
        let mut json = object([
            ("type", Percentage::RAMP.into()),
            ("initial_value", self.initial.clone().into()),
            ("final_value", self.last.clone().into()),
            ("ramp_duration", self.duration.clone().into()),
        ]);
        if let (Json::Object(fields), Some(start)) = (&mut json, &self.start) {
            let seconds = match start {
                Number::Float(seconds) => (micros(*seconds) / MICROS_PER_SECOND).into(),
                Number::Integer(_) => start.clone(),
            };
            fields.insert("initial_time".to_owned(), seconds.into());
        }
        json
    }
}
