//! Evaluation: from a route and a subject to an outcome, in a plain function that cannot fail.
//!
//! # The order of decision
//!
//! 1. `pinned`: everyone gets it.
//! 2. `overrides`, in order: the first one whose values contain the subject's value for its segment.
//! 3. `rules`, in order: the first one whose condition [holds](#conditions) and whose selector chooses.
//! 4. `otherwise`, if its selector chooses.
//! 5. The default of the declaration.
//!
//! A `static` selector always chooses. A rollout passes a subject over that has no value for `by`, or one that is [not a
//! unit](crate::bucketing#slots). An experiment does that too, and it passes over a unit that [does not
//! enter](crate::bucketing#experiments). What is passed over goes on with the next rule.
//!
//! The subject's value of a segment is taken at most once for one decision, the instant and the random bits at most once and only
//! if they are needed. What runs in `feats` comes before this order: a choice of a test comes before everything, and overrides of
//! one browser or scope come after the pin and before the overrides of the state.
//!
//! | reason | the outcome comes from |
//! |---|---|
//! | `not_started` | the default: no app runs |
//! | `no_state` | the default: the feature has no state, or its newest revision is a tombstone |
//! | `test` | a test |
//! | `pinned` | `pinned` |
//! | `override` | an override of a browser or scope |
//! | `unit_override` | `overrides` |
//! | `rule` | a rule |
//! | `otherwise` | `otherwise` |
//! | `default` | the default: nothing of the state chose |
//! | `provisional` | an experiment, which gave the owner of the slot because the history of the unit is not known (yet) |
//! | `quarantined` | the default: the newest state cannot be used here, and there is no valid one before it |
//!
//! # Comparison
//!
//! | values | equal | ordered |
//! |---|---|---|
//! | two texts | the same bytes | by code point |
//! | integers and floats, in any pair | as numbers, exactly: no integer is rounded to a float | as numbers |
//! | a float that is not a number, and anything | never | never |
//! | two bools | the same | `false` before `true` |
//! | any other pair, such as `"2"` and `2` | never | never |
//!
//! # Conditions
//!
//! A check on a value that the subject, or the program, does not have is *unknown*. Unknown is neither true nor false:
//!
//! | | true | unknown | false |
//! |---|---|---|---|
//! | `not` | false | unknown | true |
//! | `all` with true | true | unknown | false |
//! | `all` with unknown | unknown | unknown | false |
//! | `any` with unknown | true | unknown | unknown |
//! | `any` with false | true | unknown | false |
//!
//! A rule applies only if its condition is true. So a rule for everyone outside of Canada, `{"not": {"segment": "Country", "in":
//! ["CA"]}}`, leaves out everyone whose country is not known.
//!
//! | operator | operand | true if the value |
//! |---|---|---|
//! | `in`, `not_in` | list of values | equals one of them; equals none of them |
//! | `eq`, `ne` | value | equals it; does not equal it |
//! | `gt`, `gte`, `lt`, `lte` | value | is greater; greater or equal; less; less or equal. False if the two are not ordered |
//! | `starts_with`, `ends_with`, `contains` | string | is text that starts with it; ends with it; contains it, by code points and without folding case |
//! | `matches` | pattern | is text in which the pattern has a match, anywhere unless it is anchored. The syntax is that of the [`regex`](https://docs.rs/regex/1/regex/#syntax) crate: Unicode, no look-around, no back-references |
//! | `semver` | range | is a version within the range. Unknown if it is not a version |
//! | `before`, `after` | RFC 3339 time | is an RFC 3339 time before it; after it. Unknown if it is not such a time |
//!
//! An operator for text is false for a value that is not text, and `semver`, `before` and `after` are unknown. `ne` and `not_in`
//! are true for a value of another type.
//!
//! A **version** is `major.minor.patch`, then perhaps `-pre-release` and `+build`, as <https://semver.org> says. It may begin
//! with `v` or `V`, and minor and patch may be missing, which means 0. Versions are ordered by
//! [precedence](https://semver.org/spec/v2.0.0.html#spec-item-11); build metadata counts for nothing. A pre-release is a version
//! like any other, before the one that it leads to: `2.1.0-beta.1` is at least `2.0.0` and less than `2.1.0`. A **range** is a
//! list of comparators, separated by commas, all of which hold:
//!
//! | comparator | a version is within it if |
//! |---|---|
//! | `>=2.1`, `<2.1` | it is not before `2.1.0`; it is before `2.1.0` |
//! | `>2.1.0`, `<=2.1.0` | it is after `2.1.0`; it is not |
//! | `>2.1`, `<=2.1` | it is after every `2.1.x`; it is not |
//! | `=2.1.0` | it has the same precedence |
//! | `=2.1`, `2.1.*`, `~2.1`, `~2.1.3` | it is not before the number, and begins with `2.1` |
//! | `^2.1.3`, `2.1.3` | it is not before the number, and begins with `2`; with `0.2` for `^0.2.3`, with `0.0.3` for `^0.0.3` |
//!
//! `^2.1` leaves out `3.0.0-beta.1`, and `>=2.1, <3` does not, since that is before `3.0.0`.
//!
//! A **time** is `YYYY-MM-DDTHH:MM:SS`, then perhaps a fraction of any number of digits of which three count, then `Z` or an
//! offset such as `+02:00`. `t`, `z` and a space for the `T` are read too. A leap second counts as the second after it. Times
//! outside of 0000-01-01T00:00:00Z to 9999-12-30T22:00:00Z are read as the nearest one within.
//!
//! ```
//! use feats::compile::{Compiled, Context, Stage, compile};
//! use feats::evaluate::{Reason, evaluate};
//! use feats::model::{Declaration, Named, ValueKind};
//! use feats::{Attributes, State, Timestamp, attributes};
//!
//! let declaration = Declaration::new("Fee", ["acme", "premium", "aperture"])
//!     .segment("Country", ValueKind::Text)
//!     .segment("UserId", ValueKind::Integer);
//! let state: State = r#"{"rules": [
//!     {"name": "abroad", "when": {"not": {"segment": "Country", "in": ["CA"]}}, "select": {"static": "premium"}},
//!     {"name": "canary", "select": {"rollout": {"by": "UserId", "seed": "9f3k2m7q1x8c4v5b",
//!         "weights": {"aperture": 20, "acme": 80}, "slots": [["aperture", 200000, 1], ["acme", 800000, 1]]}}}]}"#.parse()?;
//! let attributes = Attributes::new();
//! let context = Context { declaration: &declaration, attributes: &attributes, stage: Stage::Stored, version: 1 };
//! let Compiled { route: Some(route), .. } = compile(&state, context) else { panic!("the state can be used") };
//!
//! let decide = |subject: &Attributes| {
//!     let subject = Named { attributes: subject, segments: &declaration.segments };
//!     let outcome = evaluate(&route, &subject, || Timestamp::from_millis(0), || 0);
//!     (declaration.implementation(outcome.choice), outcome.reason, outcome.slot)
//! };
//! assert_eq!(decide(&attributes! { "Country" => "US" }), ("premium", Reason::Rule, None));
//! assert_eq!(decide(&attributes! { "UserId" => 42 }), ("aperture", Reason::Rule, Some(176_419)));
//! assert_eq!(decide(&attributes! { "UserId" => 0 }), ("acme", Reason::Rule, Some(342_706)));
//! assert_eq!(decide(&Attributes::new()), ("acme", Reason::Default, None));
//! # Ok::<(), feats::Error>(())
//! ```

mod condition;
mod observer;
mod outcome;
mod values;

use std::cell::Cell;
use std::sync::Arc;

use crate::bucketing::scale;
use crate::compile::Route;
use crate::compile::route::experiment::Experiment;
use crate::compile::route::select::Select;
use crate::model::{Subject, Timestamp, Value};

pub(crate) use self::condition::holds;
pub(crate) use self::observer::NoopObserver;
pub use self::observer::{AssignmentObserver, PriorAssignment};
pub use self::outcome::{Outcome, Reason};
pub(crate) use self::values::Values;

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
    evaluate_before(route, subject, now, draw, &NoopObserver)
}

/// Chooses before a witness, who is asked for what units used, and told what an experiment chose.
#[inline(always)]
pub fn evaluate_before<S: Subject + ?Sized>(
    route: &Route,
    subject: &S,
    now: impl Fn() -> Timestamp,
    draw: impl Fn() -> u64,
    witness: &dyn AssignmentObserver,
) -> Outcome {
    if let Some(choice) = route.pinned {
        return Outcome { version: route.version, ..Outcome::without_state(choice, Reason::Pinned) };
    }
    let surroundings = EvaluationContext::new(now, draw, witness);
    match route.remembered {
        0 => decide::<S, 0>(route, subject, &surroundings),
        1..=2 => decide::<S, 2>(route, subject, &surroundings),
        3..=8 => decide::<S, 8>(route, subject, &surroundings),
        _ => decide::<S, 32>(route, subject, &surroundings),
    }
}

/// What is neither route nor subject. Whatever reads the instant or the draw decides, so neither is read twice.
pub(crate) struct EvaluationContext<'w, Now, Draw> {
    now: Now,
    draw: Draw,
    observer: &'w dyn AssignmentObserver,
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

impl<'w, Now, Draw> EvaluationContext<'w, Now, Draw> {
    #[inline]
    pub(crate) fn new(now: Now, draw: Draw, witness: &'w dyn AssignmentObserver) -> Self {
        Self { now, draw, observer: witness, ask: Cell::new(false) }
    }
}

fn decide<S: Subject + ?Sized, const N: usize>(
    route: &Route,
    subject: &S,
    surroundings: &EvaluationContext<'_, impl Fn() -> Timestamp, impl Fn() -> u64>,
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
    surroundings: &EvaluationContext<'_, impl Fn() -> Timestamp, impl Fn() -> u64>,
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
            values.with(*by, |unit| enter(experiment, unit?, surroundings.observer, &surroundings.ask))
        }
    }
}

/// What an experiment gives to a unit: what it used, else the owner of its slot if it enters.
#[inline]
fn enter(
    experiment: &Arc<Experiment>,
    unit: &Value<'_>,
    witness: &dyn AssignmentObserver,
    ask: &Cell<bool>,
) -> Option<Chosen> {
    let place = experiment.place(unit)?;
    let recollection =
        if place.reassigned { witness.prior_assignment(experiment, unit) } else { PriorAssignment::Unused };
    let provisional = recollection == PriorAssignment::Unknown;
    if provisional {
        ask.set(true);
    }
    let choice = match recollection {
        PriorAssignment::Used(choice) if experiment.name(choice).is_some() => choice,
        _ => place.owner?,
    };
    witness.on_assigned(experiment, unit, choice, place.reassigned);
    Some(Chosen { choice, slot: Some(place.slot), experiment: true, provisional })
}

impl Chosen {
    #[inline]
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
        answer: PriorAssignment,
        chosen: RefCell<Vec<(u16, bool)>>,
    }

    impl AssignmentObserver for Remembering {
        fn prior_assignment(&self, _: &Arc<Experiment>, _: &Value<'_>) -> PriorAssignment {
            self.answer
        }

        fn on_assigned(&self, _: &Arc<Experiment>, _: &Value<'_>, choice: u16, reassigned: bool) {
            self.chosen.borrow_mut().push((choice, reassigned));
        }
    }

    /// Decides in an experiment of `acme` and `premium`, in which every slot is `premium`'s and was reassigned; `zeta` was taken
    /// out of the weights. The share of units that enter is in percent.
    fn decide(answer: PriorAssignment, share: u32) -> (Outcome, Vec<(u16, bool)>) {
        let declaration = Declaration::new("Fee", ["acme", "premium", "zeta"]).segment("UserId", ValueKind::Integer);
        let state: State = format!(
            r#"{{"otherwise": {{"experiment": {{"by": "UserId", "seed": "s", "weights": {{"acme": 0, "premium": 100}}, "share": {share},
                "slots": [["premium", 1000000, 2]], "reassigned": [["slot", 0, 1000000], ["entry", 0, 1000000]]}}}}}}"#
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
        let (outcome, chosen) = decide(PriorAssignment::Used(0), 100);
        assert_eq!((outcome.choice, outcome.reason), (0, Reason::Otherwise));
        assert_eq!(chosen, [(0, true)], "also with weight 0");
    }

    #[test]
    fn a_unit_that_used_what_was_taken_out_of_the_weights_gets_the_owner_of_its_slot() {
        let (outcome, chosen) = decide(PriorAssignment::Used(2), 100);
        assert_eq!((outcome.choice, outcome.reason, outcome.ask), (1, Reason::Otherwise, false));
        assert_eq!(chosen, [(1, true)]);
    }

    #[test]
    fn a_unit_that_no_longer_enters_keeps_what_it_used_and_else_gets_the_default() {
        let (outcome, chosen) = decide(PriorAssignment::Used(1), 0);
        assert_eq!((outcome.choice, outcome.experiment, chosen), (1, true, vec![(1, true)]));
        for answer in [PriorAssignment::Unused, PriorAssignment::Used(2)] {
            let (outcome, chosen) = decide(answer, 0);
            assert_eq!((outcome.choice, outcome.reason, chosen), (0, Reason::Default, vec![]), "{answer:?}");
        }
    }

    #[test]
    fn an_unknown_history_is_asked_for_and_the_owner_is_given_provisionally() {
        let (outcome, chosen) = decide(PriorAssignment::Unknown, 100);
        assert_eq!((outcome.choice, outcome.reason, outcome.ask), (1, Reason::Provisional, true));
        assert_eq!(chosen, [(1, true)]);
        let (outcome, _) = decide(PriorAssignment::Unused, 100);
        assert_eq!((outcome.choice, outcome.reason, outcome.ask), (1, Reason::Otherwise, false));
    }
}
