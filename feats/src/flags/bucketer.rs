//! Bucketers: the share of subjects for which a flag is enabled.

use std::time::Duration;

use feats_core::__private::duration_text;

use crate::error::{Problem, Problems};
use crate::model::{By, DISABLED, ENABLED, Percent, RANDOM, Ramp, RampFrom, Rollout, Selector, Timestamp, Weights};

/// Selects a share of subjects: by their attributes, so that each keeps its answer, or at random in each decision.
///
/// A percentage is from 0 to 100 and has at most four decimals. When it grows, every subject inside stays inside.
///
/// ```
/// use std::time::Duration;
/// use feats::flags::Bucketer;
///
/// let half = Bucketer::consistent(["user_id"]).percentage(50.0);
/// let sample = Bucketer::random().percentage(0.1);
/// let ramp = Bucketer::consistent(["tenant", "user_id"]).ramp(20.0, 80.0, Duration::from_secs(1_800));
/// let themes = Bucketer::consistent(["user_id"]).weights([("light", 90.0), ("dark", 10.0)]);
/// # drop((half, sample, ramp, themes));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a bucketer does nothing until it is set on a flag"]
pub struct Bucketer {
    units: Units,
    share: Share,
    start: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq)]
enum Units {
    /// The values of these attributes; of all attributes if the list is empty.
    Attributes(Vec<String>),
    Random,
}

#[derive(Clone, Debug, PartialEq)]
enum Share {
    Percentage(f64),
    Ramp { from: f64, to: f64, duration: Duration },
    Weights(Vec<(String, f64)>),
}

impl Bucketer {
    /// Creates a bucketer that selects by the values of these attributes together, or of all attributes if the list is empty. The
    /// share is 100% until it is set.
    pub fn consistent<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Self {
        let units = Units::Attributes(keys.into_iter().map(Into::into).collect());
        Self { units, share: Share::Percentage(100.0), start: None }
    }

    /// Creates a bucketer that selects at random in each decision. The share is 100% until it is set.
    pub fn random() -> Self {
        Self { units: Units::Random, share: Share::Percentage(100.0), start: None }
    }

    /// Sets the share, in percent.
    pub fn percentage(self, percentage: f64) -> Self {
        Self { share: Share::Percentage(percentage), ..self }
    }

    /// Makes the share change linearly between two percentages, up or down. It starts when the bucketer is written, unless
    /// [`starts_at`](Self::starts_at) sets another time. With a duration of zero, the share is `to` at once.
    pub fn ramp(self, from: f64, to: f64, duration: Duration) -> Self {
        Self { share: Share::Ramp { from, to, duration }, ..self }
    }

    /// Starts the [ramp](Self::ramp) at this time. Before it, the share is that from which the ramp starts.
    pub fn starts_at(self, start: Timestamp) -> Self {
        Self { start: Some(start), ..self }
    }

    /// Sets the shares of the variants of a flag, in percent; they sum to 100. The variant `disabled` disables the flag.
    pub fn weights<N: Into<String>>(self, weights: impl IntoIterator<Item = (N, f64)>) -> Self {
        let weights = weights.into_iter().map(|(name, percentage)| (name.into(), percentage)).collect();
        Self { share: Share::Weights(weights), ..self }
    }

    /// Returns the selector of this bucketer. Reports a percentage that is not one.
    pub(super) fn to_selector(&self, problems: &mut Problems) -> Option<Selector> {
        let (to, from) = match &self.share {
            Share::Weights(weights) => {
                let weights = weights.iter().map(|(name, percentage)| (name.clone(), Percent(*percentage)));
                (weights.collect(), None)
            }
            Share::Percentage(percentage) => (split("percentage", *percentage, problems)?, None),
            Share::Ramp { from, to, duration } => {
                let (from, to) = (split("ramp.from", *from, problems), split("ramp.to", *to, problems));
                (to?, Some((from?, *duration)))
            }
        };
        let mut rollout = match &self.units {
            Units::Random => Rollout::new::<String, f64>(RANDOM, []),
            Units::Attributes(keys) => match keys.as_slice() {
                [only] => Rollout::new::<String, f64>(By::segment(only), []),
                keys => Rollout::new::<String, f64>(keys.iter().cloned().collect::<By>(), []),
            },
        };
        rollout.weights = to;
        rollout.ramp = from.map(|(from, duration)| Ramp {
            start: self.start.map_or_else(String::new, |start| start.to_string()),
            duration: duration_text(duration),
            from: Some(RampFrom::Weights(from)),
            step: None,
        });
        Some(rollout.into())
    }
}

/// Returns the weights of a share of enabled subjects.
pub(super) fn split(path: &str, percentage: f64, problems: &mut Problems) -> Option<Weights> {
    let enabled = Percent(percentage).rounded();
    let Some(slots) = enabled.slots() else {
        let message = "a percentage is from 0 to 100, with at most four decimals";
        problems.push(|| Problem::new(path, format!("{message}, not {percentage}")));
        return None;
    };
    let disabled = Percent::from_slots(crate::model::SLOTS - slots);
    Some([(ENABLED.to_owned(), enabled), (DISABLED.to_owned(), disabled)].into_iter().collect())
}
