//! Evaluation: from a route and a subject to an outcome, in a plain function that cannot fail.

use std::cell::OnceCell;

use super::outcome::{Outcome, Reason};
use super::route::{Route, Source};
use super::select::Select;
use crate::model::{Subject, Timestamp, Value, scale};

/// Chooses.
///
/// `now` and `draw` (64 random bits) are called at most once, and only if the route needs them; a segment of the subject
/// is asked at most once.
///
/// The order of decision: pinned, overrides, the first rule that holds, `otherwise`, the default. A rollout whose unit
/// has no value is passed over.
#[inline]
pub fn evaluate<S: Subject + ?Sized>(
    route: &Route,
    subject: &S,
    now: impl Fn() -> Timestamp,
    draw: impl Fn() -> u64,
) -> Outcome {
    if let Some(choice) = route.pinned {
        return Outcome { choice, reason: Reason::Pinned, rule: None, version: route.version, slot: None };
    }
    let surroundings = Surroundings { now, draw };
    match route.remembered {
        0 => decide::<S, 0>(route, subject, &surroundings),
        1..=2 => decide::<S, 2>(route, subject, &surroundings),
        3..=8 => decide::<S, 8>(route, subject, &surroundings),
        _ => decide::<S, 32>(route, subject, &surroundings),
    }
}

/// The instant and the draw. Whatever reads one of them decides, so neither is read twice.
struct Surroundings<Now, Draw> {
    now: Now,
    draw: Draw,
}

/// The subject's values; those that are looked at in more than one place are remembered.
pub(super) struct Values<'a, S: ?Sized, const N: usize> {
    subject: &'a S,
    remembered: [OnceCell<Option<Value<'a>>>; N],
}

impl<S: Subject + ?Sized, const N: usize> Values<'_, S, N> {
    #[inline]
    pub(super) fn with<R>(&self, source: Source, use_value: impl FnOnce(Option<&Value<'_>>) -> R) -> R {
        match self.remembered.get(usize::from(source.memory)) {
            None => use_value(self.subject.value(source.position).as_ref()),
            Some(memory) => use_value(memory.get_or_init(|| self.subject.value(source.position)).as_ref()),
        }
    }
}

fn decide<S: Subject + ?Sized, const N: usize>(
    route: &Route,
    subject: &S,
    surroundings: &Surroundings<impl Fn() -> Timestamp, impl Fn() -> u64>,
) -> Outcome {
    let values = Values { subject, remembered: [const { OnceCell::new() }; N] };
    let outcome = |choice, reason, rule, slot| Outcome { choice, reason, rule, version: route.version, slot };
    for overrides in &route.overrides {
        let choice = values.with(overrides.source, |value| overrides.choices.get(value?));
        if let Some(choice) = choice {
            return outcome(choice, Reason::UnitOverride, None, None);
        }
    }
    let mut first = 0;
    if let Some(table) = &route.table {
        let found = values.with(table.source, |value| table.rules.get(value?));
        first = table.length;
        if let Some(position) = found
            && let Some(rule) = route.rules.get(usize::from(position))
        {
            if let Some((choice, slot)) = select(&rule.select, &values, surroundings) {
                return outcome(choice, Reason::Rule, Some(position), slot);
            }
            first = position + 1;
        }
    }
    let rules = route.rules.iter().zip(0_u16..).skip(usize::from(first));
    for (rule, position) in rules {
        if rule.test.holds(&values) == Some(true)
            && let Some((choice, slot)) = select(&rule.select, &values, surroundings)
        {
            return outcome(choice, Reason::Rule, Some(position), slot);
        }
    }
    let otherwise = route.otherwise.as_ref().and_then(|otherwise| select(otherwise, &values, surroundings));
    match otherwise {
        Some((choice, slot)) => outcome(choice, Reason::Otherwise, None, slot),
        None => outcome(route.default, Reason::Default, None, None),
    }
}

/// The choice of a selector and the slot that made it; `None` if the unit has no value.
#[inline]
fn select<S: Subject + ?Sized, const N: usize>(
    select: &Select,
    values: &Values<'_, S, N>,
    surroundings: &Surroundings<impl Fn() -> Timestamp, impl Fn() -> u64>,
) -> Option<(u16, Option<u32>)> {
    match select {
        Select::Static(choice) => Some((*choice, None)),
        Select::Rollout(rollout) => {
            let slot = match rollout.by {
                Some(by) => values.with(by, |unit| rollout.seed.slot(unit?))?,
                None => scale((surroundings.draw)()),
            };
            Some((rollout.owner(slot, &surroundings.now)?, Some(slot)))
        }
    }
}
