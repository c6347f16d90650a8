//! Ramps for Flipper.

use super::super::bucketer::{LinearRamp, Percentage};
use crate::flags::ordered_json::Number;
use crate::model::{RampFrom, Rollout, SlotRange, Timestamp};

/// Returns the ramp of a rollout; `None` if there is none, it is over, or Flipper has no such ramp. `share` returns the share of Flipper
/// that corresponds to an allocation.
pub(super) fn ramp(
    rollout: &Rollout,
    now: Timestamp,
    lost: &mut Vec<String>,
    share: impl Fn(&[SlotRange]) -> Option<f64>,
) -> Option<Percentage> {
    let ramp = rollout.ramp.as_ref()?;
    let (start, end) = ramp.span().filter(|(_, end)| now < *end)?;
    let from = match &ramp.from {
        Some(RampFrom::Slots(slots)) => share(slots),
        _ => None,
    };
    // Flipper starts a share of 0 with bucket 0 as soon as it is more than 0.
    let (Some(from), Some(to)) = (from, share(&rollout.slots).filter(|to| *to > 0.0)) else {
        lost.push(lost_ramp("Flipper's ramps start and end at a whole number of its buckets"));
        return None;
    };
    if to <= from {
        lost.push(lost_ramp("Flipper's ramps only rise"));
        return None;
    }
    if now < start {
        lost.push("the ramp has not started; until then, Flipper's share is less than that at its start".to_owned());
    }
    if ramp.step.is_none() && !rollout.by.is_random() {
        lost.push("the ramp goes on in whole buckets in Flipper, not by single users".to_owned());
    }
    Some(Percentage::Ramp(linear(start, end, from, to)))
}

fn lost_ramp(reason: &str) -> String {
    format!("{reason}; the ramp is left out, and its share of now exported")
}

/// Returns the ramp between two shares. Flipper keeps the start in whole seconds, so an earlier one gets the share before.
fn linear(start: Timestamp, end: Timestamp, from: f64, to: f64) -> LinearRamp {
    let seconds = start.as_millis().div_euclid(1_000);
    let early = start.as_millis().rem_euclid(1_000);
    let duration = end.since(start).as_millis();
    #[allow(clippy::cast_precision_loss, reason = "a ramp lasts at most ten years")]
    let initial = match early {
        0 => from,
        early => from - (to - from) * early as f64 / duration as f64,
    };
    LinearRamp {
        initial: initial.into(),
        last: to.into(),
        duration: duration_of(i64::try_from(duration).unwrap_or(i64::MAX).saturating_add(early)),
        start: Some(seconds.into()),
    }
}

/// Returns milliseconds in seconds.
#[allow(clippy::cast_precision_loss, reason = "a ramp lasts at most ten years")]
fn duration_of(millis: i64) -> Number {
    if millis % 1_000 == 0 { (millis / 1_000).into() } else { (millis as f64 / 1_000.0).into() }
}
