//! Evaluation: from a route and a subject to an outcome, in a plain function that cannot fail.

mod condition;
mod outcome;
mod values;
mod witness;

use std::cell::Cell;
use std::sync::Arc;

use crate::bucketing::scale;
use crate::compile::Route;
use crate::compile::route::experiment::Experiment;
use crate::compile::route::select::Select;
use crate::model::{Subject, Timestamp, Value};

pub(crate) use self::condition::holds;
pub use self::outcome::{Outcome, Reason};
pub(crate) use self::values::Values;
pub(crate) use self::witness::Nobody;
pub use self::witness::{Recollection, Witness};

/// Chooses.
///
/// `now` and `draw` (64 random bits) are called at most once, and only if the route needs them; a segment of the subject
/// is asked at most once.
///
/// The order of decision: pinned, overrides, the first rule that holds, `otherwise`, the default. A rollout whose unit
/// has no value is passed over.
///
/// An experiment gives a unit the owner of its slot; [`Outcome::ask`] says whether its history may say otherwise.
#[inline]
pub fn evaluate<S: Subject + ?Sized>(
    route: &Route,
    subject: &S,
    now: impl Fn() -> Timestamp,
    draw: impl Fn() -> u64,
) -> Outcome {
    evaluate_before(route, subject, now, draw, &Nobody)
}

/// Chooses before a witness, who is asked for what units used, and told what an experiment chose.
#[inline]
pub fn evaluate_before<S: Subject + ?Sized>(
    route: &Route,
    subject: &S,
    now: impl Fn() -> Timestamp,
    draw: impl Fn() -> u64,
    witness: &dyn Witness,
) -> Outcome {
    if let Some(choice) = route.pinned {
        return Outcome { version: route.version, ..Outcome::without_state(choice, Reason::Pinned) };
    }
    let surroundings = Surroundings::new(now, draw, witness);
    match route.remembered {
        0 => decide::<S, 0>(route, subject, &surroundings),
        1..=2 => decide::<S, 2>(route, subject, &surroundings),
        3..=8 => decide::<S, 8>(route, subject, &surroundings),
        _ => decide::<S, 32>(route, subject, &surroundings),
    }
}

/// What is neither route nor subject. Whatever reads the instant or the draw decides, so neither is read twice.
pub(crate) struct Surroundings<'w, Now, Draw> {
    now: Now,
    draw: Draw,
    witness: &'w dyn Witness,
    /// Whether the witness did not know what a unit used.
    ask: Cell<bool>,
}

/// What a selector chose.
#[derive(Clone, Copy)]
pub(crate) struct Chosen {
    pub(crate) choice: u16,
    pub(crate) slot: Option<u32>,
    experiment: bool,
    /// Whether the unit's history is not known.
    pub(crate) provisional: bool,
}

impl<'w, Now, Draw> Surroundings<'w, Now, Draw> {
    #[inline]
    pub(crate) fn new(now: Now, draw: Draw, witness: &'w dyn Witness) -> Self {
        Self { now, draw, witness, ask: Cell::new(false) }
    }
}

fn decide<S: Subject + ?Sized, const N: usize>(
    route: &Route,
    subject: &S,
    surroundings: &Surroundings<'_, impl Fn() -> Timestamp, impl Fn() -> u64>,
) -> Outcome {
    let values = Values::<S, N>::new(subject);
    let outcome = |chosen: Chosen, reason, rule| Outcome {
        choice: chosen.choice,
        reason: if chosen.provisional { Reason::Provisional } else { reason },
        rule,
        version: route.version,
        slot: chosen.slot,
        experiment: chosen.experiment,
        ask: surroundings.ask.get(),
    };
    for overrides in route.overrides.iter() {
        let choice = values.with(overrides.source, |value| overrides.choices.get(value?));
        if let Some(choice) = choice {
            return outcome(Chosen::fixed(choice), Reason::UnitOverride, None);
        }
    }
    let mut first = 0;
    if let Some(table) = &route.table {
        let found = values.with(table.source, |value| table.rules.get(value?));
        first = table.length;
        if let Some(position) = found
            && let Some(rule) = route.rules.get(usize::from(position))
        {
            if let Some(chosen) = select(&rule.select, &values, surroundings) {
                return outcome(chosen, Reason::Rule, Some(position));
            }
            first = position + 1;
        }
    }
    let rules = route.rules.iter().zip(0_u16..).skip(usize::from(first));
    for (rule, position) in rules {
        if holds(&rule.test, &values) == Some(true)
            && let Some(chosen) = select(&rule.select, &values, surroundings)
        {
            return outcome(chosen, Reason::Rule, Some(position));
        }
    }
    let otherwise = route.otherwise.as_ref().and_then(|otherwise| select(otherwise, &values, surroundings));
    match otherwise {
        Some(chosen) => outcome(chosen, Reason::Otherwise, None),
        None => outcome(Chosen::fixed(route.default), Reason::Default, None),
    }
}

/// The choice of a selector and the slot that made it; `None` if the unit has no value, or does not enter.
#[inline]
pub(crate) fn select<S: Subject + ?Sized, const N: usize>(
    select: &Select,
    values: &Values<'_, S, N>,
    surroundings: &Surroundings<'_, impl Fn() -> Timestamp, impl Fn() -> u64>,
) -> Option<Chosen> {
    match select {
        Select::Static(choice) => Some(Chosen::fixed(*choice)),
        Select::Rollout(rollout) => {
            let slot = match rollout.by {
                Some(by) => values.with(by, |unit| rollout.seed.slot(unit?))?,
                None => scale((surroundings.draw)()),
            };
            Some(Chosen { slot: Some(slot), ..Chosen::fixed(rollout.owner(slot, &surroundings.now)?) })
        }
        Select::Experiment(by, experiment) => {
            values.with(*by, |unit| enter(experiment, unit?, surroundings.witness, &surroundings.ask))
        }
    }
}

/// What an experiment gives to a unit: what it used, else the owner of its slot if it enters.
fn enter(experiment: &Arc<Experiment>, unit: &Value<'_>, witness: &dyn Witness, ask: &Cell<bool>) -> Option<Chosen> {
    let place = experiment.place(unit)?;
    let recollection = if place.touched { witness.recall(experiment, unit) } else { Recollection::Unused };
    let provisional = recollection == Recollection::Unknown;
    if provisional {
        ask.set(true);
    }
    let choice = match recollection {
        Recollection::Used(choice) if experiment.name(choice).is_some() => choice,
        _ => place.owner?,
    };
    witness.chosen(experiment, unit, choice, place.touched);
    Some(Chosen { choice, slot: Some(place.slot), experiment: true, provisional })
}

impl Chosen {
    pub(crate) fn fixed(choice: u16) -> Self {
        Self { choice, slot: None, experiment: false, provisional: false }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::attributes;
    use crate::compile::{Compiled, Context, Stage, compile};
    use crate::model::{Attributes, Declaration, Named, State, ValueKind};

    /// Gives one answer, and keeps what was chosen.
    struct Remembering {
        answer: Recollection,
        chosen: RefCell<Vec<(u16, bool)>>,
    }

    impl Witness for Remembering {
        fn recall(&self, _: &Arc<Experiment>, _: &Value<'_>) -> Recollection {
            self.answer
        }

        fn chosen(&self, _: &Arc<Experiment>, _: &Value<'_>, choice: u16, touched: bool) {
            self.chosen.borrow_mut().push((choice, touched));
        }
    }

    /// Decides in an experiment of `acme` and `premium`, in which every slot is `premium`'s and was reassigned; `zeta` was taken
    /// out of the weights. The share of units that enter is in percent.
    fn decide(answer: Recollection, share: u32) -> (Outcome, Vec<(u16, bool)>) {
        let declaration = Declaration::new("Fee", ["acme", "premium", "zeta"]).segment("UserId", ValueKind::Integer);
        let state: State = format!(
            r#"{{"otherwise": {{"experiment": {{"by": "UserId", "seed": "s", "weights": {{"acme": 0, "premium": 100}}, "share": {share},
                "slots": [["premium", 1000000, 2]], "touched": [["slot", 0, 1000000], ["entry", 0, 1000000]]}}}}}}"#
        )
        .parse()
        .expect("a state");
        let attributes = Attributes::new();
        let context = Context { declaration: &declaration, attributes: &attributes, stage: Stage::Stored, version: 2 };
        let Compiled { route, problems } = compile(&state, context);
        let route = route.unwrap_or_else(|| panic!("{problems:?}"));
        let subject = attributes! { "UserId" => 42 };
        let subject = Named { attributes: &subject, segments: &declaration.segments };
        let witness = Remembering { answer, chosen: RefCell::default() };
        let outcome = evaluate_before(&route, &subject, || Timestamp::from_millis(0), || 0, &witness);
        (outcome, witness.chosen.into_inner())
    }

    #[test]
    fn a_unit_keeps_what_it_used_while_that_is_in_the_weights() {
        let (outcome, chosen) = decide(Recollection::Used(0), 100);
        assert_eq!((outcome.choice, outcome.reason), (0, Reason::Otherwise));
        assert_eq!(chosen, [(0, true)], "also with weight 0");
    }

    #[test]
    fn a_unit_that_used_what_was_taken_out_of_the_weights_gets_the_owner_of_its_slot() {
        let (outcome, chosen) = decide(Recollection::Used(2), 100);
        assert_eq!((outcome.choice, outcome.reason, outcome.ask), (1, Reason::Otherwise, false));
        assert_eq!(chosen, [(1, true)]);
    }

    #[test]
    fn a_unit_that_no_longer_enters_keeps_what_it_used_and_else_gets_the_default() {
        let (outcome, chosen) = decide(Recollection::Used(1), 0);
        assert_eq!((outcome.choice, outcome.experiment, chosen), (1, true, vec![(1, true)]));
        for answer in [Recollection::Unused, Recollection::Used(2)] {
            let (outcome, chosen) = decide(answer, 0);
            assert_eq!((outcome.choice, outcome.reason, chosen), (0, Reason::Default, vec![]), "{answer:?}");
        }
    }

    #[test]
    fn an_unknown_history_is_asked_for_and_the_owner_is_given_provisionally() {
        let (outcome, chosen) = decide(Recollection::Unknown, 100);
        assert_eq!((outcome.choice, outcome.reason, outcome.ask), (1, Reason::Provisional, true));
        assert_eq!(chosen, [(1, true)]);
        let (outcome, _) = decide(Recollection::Unused, 100);
        assert_eq!((outcome.choice, outcome.reason, outcome.ask), (1, Reason::Otherwise, false));
    }
}
