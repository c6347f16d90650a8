//! Evaluation of a route for a subject, in the order of decision: pin, overrides, rules, otherwise, default. It cannot fail.
//!
//! # The order of decision
//!
//! 1. `pinned`: applies to everyone.
//! 2. `overrides`, in order: the first one whose values contain the subject's value for its segment.
//! 3. `rules`, in order: the first one whose condition [is true](#conditions) and whose selector chooses.
//! 4. `otherwise`, if its selector chooses.
//! 5. The default of the declaration.
//!
//! If a selector does not choose, evaluation continues with the next rule:
//!
//! | selector | chooses |
//! |---|---|
//! | `static` | always |
//! | `rollout` | for a subject with a value for `by`, or for each of several segments, that is [a unit](crate::bucketing#slots) |
//! | a rollout in the [buckets of another system](crate::bucketing#buckets-of-other-systems) | `flipper`: always; `flypper`: for a subject with a value for `by` that is a unit |
//! | a rollout of a [flag](crate::model#flags) at 100%, without a ramp | always |
//! | `experiment` | as a rollout, for a unit that [enters](crate::bucketing#experiments) |
//! | `gate` | depending on [its conditions](#gates) |
//!
//! A flag that is disabled or archived has only steps 1 and 4, where it serves `disabled`.
//!
//! In one evaluation, each segment of the subject is computed at most once, and the clock and the random bits are read at most
//! once and only if they are needed. Two steps of `feats` precede or extend this order: a choice made by a test comes first, and
//! overrides of a browser or a scope come after the pin and before the overrides of the state.
//!
//! | reason | source of the outcome |
//! |---|---|
//! | `not_started` | the default: no app is running |
//! | `no_state` | the default: the feature has no state, or its newest revision is a tombstone |
//! | `test` | a test |
//! | `pinned` | `pinned` |
//! | `override` | an override of a browser or scope |
//! | `unit_override` | `overrides` |
//! | `rule` | a rule |
//! | `otherwise` | `otherwise` |
//! | `default` | the default: no part of the state chose |
//! | `provisional` | an experiment that chose the owner of the slot because the history of the unit is not known (yet) |
//! | `quarantined` | the default: this program cannot use the newest state, and there is no earlier valid one |
//!
//! # Comparison
//!
//! | values | equal | ordered |
//! |---|---|---|
//! | two texts | if the bytes are equal | by code point |
//! | integers and floats, in any combination | as numbers, exactly: integers are not rounded to floats | as numbers |
//! | NaN and anything | never | never |
//! | two bools | if they are the same | `false` before `true` |
//! | any other combination, such as `"2"` and `2` | never | never |
//!
//! # Gates
//!
//! Unlike the condition of a rule, a gate distinguishes a condition that is false from an unknown one. The first line that applies
//! decides:
//!
//! | conditions of the gate | `"missing": "skip"` | `"missing": "fail"` |
//! |---|---|---|
//! | none | does not choose | does not choose |
//! | one is false | `fail` | `fail` |
//! | one is unknown | see the following lines | `fail` |
//! | one is true | `pass` | `pass` |
//! | all are unknown | does not choose | |
//!
//! A gate without `pass` does not choose where the table says `pass`. The parts of an `all` count as conditions of their own, also
//! those of an `all` within it; an `any` and a `not` are one condition each.
//!
//! # Conditions
//!
//! Conditions follow Kleene's three-valued logic. A predicate on a value that the subject, or the program, does not have is
//! *unknown*, which is neither true nor false:
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
//! ["CA"]}}`, does not apply to subjects without a known country.
//!
//! | operator | operand | true if the value |
//! |---|---|---|
//! | `in`, `not_in` | list of values | equals one of them; equals none of them |
//! | `eq`, `ne` | value | equals it; does not equal it |
//! | `gt`, `gte`, `lt`, `lte` | value | is greater; greater or equal; less; less or equal. False for values that are not ordered |
//! | `starts_with`, `ends_with`, `contains` | string | is text that starts with it; ends with it; contains it; compared by code points, case-sensitively |
//! | `matches` | pattern | is text that contains a match of the pattern, anywhere unless it is anchored. The syntax is that of the [`regex`](https://docs.rs/regex/1/regex/#syntax) crate: Unicode, no look-around, no back-references |
//! | `semver` | range | is a version within the range. Unknown if it is not a version |
//! | `before`, `after` | RFC 3339 time | is an RFC 3339 time before it; after it. Unknown if it is not such a time |
//!
//! Text operators are false for values that are not text; `semver`, `before` and `after` are unknown for them. `ne` and `not_in`
//! are true for values of another type.
//!
//! A **version** is `major.minor.patch`, optionally followed by `-pre-release` and `+build`, as defined by <https://semver.org>.
//! It may start with `v` or `V`; a missing minor or patch number is 0. Versions are ordered by
//! [precedence](https://semver.org/spec/v2.0.0.html#spec-item-11); build metadata is ignored. A pre-release is a version like
//! any other, ordered before its release: `2.1.0-beta.1` is at least `2.0.0` and less than `2.1.0`. A **range** is a list of
//! comma-separated comparators, all of which must match:
//!
//! | comparator | matches a version that |
//! |---|---|
//! | `>=2.1`, `<2.1` | is not before `2.1.0`; is before `2.1.0` |
//! | `>2.1.0`, `<=2.1.0` | is after `2.1.0`; is not after it |
//! | `>2.1`, `<=2.1` | is after every `2.1.x`; is not |
//! | `=2.1.0` | has the same precedence |
//! | `=2.1`, `2.1.*`, `~2.1`, `~2.1.3` | is not before the given version, and starts with `2.1` |
//! | `^2.1.3`, `2.1.3` | is not before the given version, and starts with `2`; with `0.2` for `^0.2.3`, with `0.0.3` for `^0.0.3` |
//!
//! `^2.1` does not match `3.0.0-beta.1`, but `>=2.1, <3` does, because that version is before `3.0.0`.
//!
//! A **time** is `YYYY-MM-DDTHH:MM:SS`, optionally followed by a fraction with any number of digits, of which three count, then
//! `Z` or an offset such as `+02:00`. A lower-case `t` and `z` and a space instead of `T` are accepted. A leap second counts as
//! the second after it. Times outside of 0000-01-01T00:00:00Z to 9999-12-30T22:00:00Z are clamped to this range.
//!
//! ```
//! use feats::compile::{Compiled, Context, Stage, compile};
//! use feats::evaluate::{Reason, evaluate};
//! use feats::model::{Declaration, AttributeSubject, ValueKind};
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
//!     let subject = AttributeSubject { attributes: subject, segments: &declaration.segments };
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
mod units;
mod values;

use std::cell::Cell;
use std::sync::Arc;

use crate::bucketing::scale;
use crate::compile::Route;
use crate::compile::route::experiment::Experiment;
use crate::compile::route::select::{Rollout, Select, Units};
use crate::model::{Subject, Timestamp, Value};

pub(crate) use self::condition::holds;
pub(crate) use self::observer::NoopObserver;
pub use self::observer::{AssignmentObserver, PriorAssignment};
pub use self::outcome::{Outcome, Reason};
pub(crate) use self::units::{Located, locate};
pub(crate) use self::values::Values;

/// Evaluates a route for a subject.
///
/// `now` and `draw` (64 random bits) are called at most once, and only if the route needs them. Each segment of the subject is
/// computed at most once.
///
/// The order of decision: the pin, the overrides, the first rule that applies, `otherwise`, the default. A rollout does not
/// choose for a subject without a unit.
///
/// For a unit in an experiment, the owner of its slot is chosen; [`Outcome::needs_history`] is `true` if its history may differ.
#[inline]
pub fn evaluate<S: Subject + ?Sized>(
    route: &Route,
    subject: &S,
    now: impl Fn() -> Timestamp,
    draw: impl Fn() -> u64,
) -> Outcome {
    evaluate_with_observer(route, subject, now, draw, &NoopObserver)
}

/// Like [`evaluate`], but consults `observer` for sticky assignments, and notifies it of the choices of experiments.
#[inline(always)]
pub fn evaluate_with_observer<S: Subject + ?Sized>(
    route: &Route,
    subject: &S,
    now: impl Fn() -> Timestamp,
    draw: impl Fn() -> u64,
    observer: &dyn AssignmentObserver,
) -> Outcome {
    if let Some(choice) = route.constant {
        let reason = match (route.pinned, &route.otherwise) {
            (Some(_), _) => Reason::Pinned,
            (None, Some(_)) => Reason::Otherwise,
            (None, None) => Reason::Default,
        };
        return Outcome { version: route.version, ..Outcome::without_state(choice, reason) };
    }
    let context = EvaluationContext::new(now, draw, observer);
    let chosen = match route.cached {
        0 => decide::<S, 0>(route, subject, &context),
        1..=2 => decide::<S, 2>(route, subject, &context),
        3..=8 => decide::<S, 8>(route, subject, &context),
        _ => decide::<S, 32>(route, subject, &context),
    };
    Outcome {
        choice: chosen.choice,
        reason: chosen.reason,
        rule: chosen.rule,
        version: route.version,
        slot: chosen.slot,
        experiment: chosen.experiment,
        needs_history: context.needs_history.get(),
    }
}

/// The context of an evaluation, apart from route and subject. The clock and the draw are each read by one caller at most.
pub(crate) struct EvaluationContext<'w, Now, Draw> {
    now: Now,
    draw: Draw,
    observer: &'w dyn AssignmentObserver,
    /// Set to `true` if the observer does not know the history of a unit.
    needs_history: Cell<bool>,
}

/// The choice of a route, in the 16 bytes that a function returns in registers. Most callers use only a part of an [`Outcome`],
/// and an outcome is returned in memory.
struct Chosen {
    slot: Option<u32>,
    rule: Option<u16>,
    choice: u16,
    reason: Reason,
    experiment: bool,
}

/// The choice of a selector.
#[derive(Clone, Copy)]
pub(crate) struct Selection {
    pub(crate) choice: u16,
    pub(crate) slot: Option<u32>,
    experiment: bool,
    /// `true` if the history of the unit is unknown.
    pub(crate) provisional: bool,
}

impl<'w, Now, Draw> EvaluationContext<'w, Now, Draw> {
    #[inline]
    pub(crate) fn new(now: Now, draw: Draw, observer: &'w dyn AssignmentObserver) -> Self {
        Self { now, draw, observer, needs_history: Cell::new(false) }
    }
}

fn decide<S: Subject + ?Sized, const N: usize>(
    route: &Route,
    subject: &S,
    context: &EvaluationContext<'_, impl Fn() -> Timestamp, impl Fn() -> u64>,
) -> Chosen {
    let values = Values::<S, N>::new(subject);
    for overrides in route.overrides.iter() {
        let choice = values.with(overrides.source, |value| overrides.choices.get(value?));
        if let Some(choice) = choice {
            return Selection::fixed(choice).because(Reason::UnitOverride, None);
        }
    }
    let mut first = 0;
    if let Some(table) = &route.table {
        let found = values.with(table.source, |value| table.rules.get(value?));
        first = table.length;
        if let Some(position) = found
            && let Some(rule) = route.rules.get(usize::from(position))
        {
            if let Some(chosen) = select(&rule.select, &values, context) {
                return chosen.because(Reason::Rule, Some(position));
            }
            first = position + 1;
        }
    }
    let rules = route.rules.iter().zip(0_u16..).skip(usize::from(first));
    for (rule, position) in rules {
        if holds(&rule.condition, &values) == Some(true)
            && let Some(chosen) = select(&rule.select, &values, context)
        {
            return chosen.because(Reason::Rule, Some(position));
        }
    }
    let otherwise = route.otherwise.as_ref().and_then(|otherwise| select(otherwise, &values, context));
    match otherwise {
        Some(chosen) => chosen.because(Reason::Otherwise, None),
        None => Selection::fixed(route.default).because(Reason::Default, None),
    }
}

/// Returns the choice of a selector and the slot that it is based on; `None` if the subject has no unit, or does not enter.
#[inline(always)]
pub(crate) fn select<S: Subject + ?Sized, const N: usize>(
    select: &Select,
    values: &Values<'_, S, N>,
    context: &EvaluationContext<'_, impl Fn() -> Timestamp, impl Fn() -> u64>,
) -> Option<Selection> {
    match select {
        Select::Static(choice) => Some(Selection::fixed(*choice)),
        Select::Rollout(rollout) => split(rollout, values, context),
        Select::Experiment(by, experiment) => {
            values.with(*by, |unit| assign_unit(experiment, unit?, context.observer, &context.needs_history))
        }
        Select::Gate(gate) => gate.choose(|check| holds(check, values)).map(Selection::fixed),
    }
}

// Not inlined, as the following functions: a static choice needs none of their code.
#[inline(never)]
fn split<S: Subject + ?Sized, const N: usize>(
    rollout: &Rollout,
    values: &Values<'_, S, N>,
    context: &EvaluationContext<'_, impl Fn() -> Timestamp, impl Fn() -> u64>,
) -> Option<Selection> {
    let slot = match &rollout.units {
        Units::One(by) => values.with(*by, |unit| rollout.seed.slot(unit?))?,
        Units::Random => scale((context.draw)()),
        Units::Assembled(assembled) => locate(rollout.seed, assembled, values)?.slot,
    };
    Some(Selection { slot: Some(slot), ..Selection::fixed(rollout.owner(slot, &context.now)?) })
}

/// Returns the choice of an experiment for a unit: what it used, else the owner of its slot if it enters.
#[inline(never)]
fn assign_unit(
    experiment: &Arc<Experiment>,
    unit: &Value<'_>,
    observer: &dyn AssignmentObserver,
    needs_history: &Cell<bool>,
) -> Option<Selection> {
    let position = experiment.locate(unit)?;
    let prior = if position.reassigned { observer.prior_assignment(experiment, unit) } else { PriorAssignment::Unused };
    let provisional = prior == PriorAssignment::Unknown;
    if provisional {
        needs_history.set(true);
    }
    let choice = match prior {
        PriorAssignment::Used(choice) if experiment.name(choice).is_some() => choice,
        _ => position.owner?,
    };
    observer.on_assigned(experiment, unit, choice, position.reassigned);
    Some(Selection { choice, slot: Some(position.slot), experiment: true, provisional })
}

impl Selection {
    #[inline]
    pub(crate) fn fixed(choice: u16) -> Self {
        Self { choice, slot: None, experiment: false, provisional: false }
    }

    #[inline]
    fn because(self, reason: Reason, rule: Option<u16>) -> Chosen {
        let Self { choice, slot, experiment, provisional } = self;
        Chosen { slot, rule, choice, reason: if provisional { Reason::Provisional } else { reason }, experiment }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::attributes;
    use crate::compile::{Compiled, Context, Stage, compile};
    use crate::model::{AttributeSubject, Attributes, Declaration, State, ValueKind};

    /// An observer with a fixed answer that records the choices.
    struct RecordingObserver {
        answer: PriorAssignment,
        chosen: RefCell<Vec<(u16, bool)>>,
    }

    impl AssignmentObserver for RecordingObserver {
        fn prior_assignment(&self, _: &Arc<Experiment>, _: &Value<'_>) -> PriorAssignment {
            self.answer
        }

        fn on_assigned(&self, _: &Arc<Experiment>, _: &Value<'_>, choice: u16, reassigned: bool) {
            self.chosen.borrow_mut().push((choice, reassigned));
        }
    }

    /// Evaluates an experiment with the weights `acme` 0 and `premium` 100, in which every slot was reassigned to `premium`; `zeta`
    /// was removed from the weights. `share` is in percent.
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
        let subject = AttributeSubject { attributes: &subject, segments: &declaration.segments };
        let observer = RecordingObserver { answer, chosen: RefCell::default() };
        let outcome = evaluate_with_observer(&route, &subject, || Timestamp::from_millis(0), || 0, &observer);
        (outcome, observer.chosen.into_inner())
    }

    #[test]
    fn a_unit_keeps_what_it_used_if_that_has_a_weight() {
        let (outcome, chosen) = decide(PriorAssignment::Used(0), 100);
        assert_eq!((outcome.choice, outcome.reason), (0, Reason::Otherwise));
        assert_eq!(chosen, [(0, true)], "a weight of 0 suffices");
    }

    #[test]
    fn a_unit_that_used_an_implementation_without_weight_gets_the_owner_of_its_slot() {
        let (outcome, chosen) = decide(PriorAssignment::Used(2), 100);
        assert_eq!((outcome.choice, outcome.reason, outcome.needs_history), (1, Reason::Otherwise, false));
        assert_eq!(chosen, [(1, true)]);
    }

    #[test]
    fn a_unit_that_no_longer_enters_keeps_what_it_used_or_gets_the_default() {
        let (outcome, chosen) = decide(PriorAssignment::Used(1), 0);
        assert_eq!((outcome.choice, outcome.experiment, chosen), (1, true, vec![(1, true)]));
        for answer in [PriorAssignment::Unused, PriorAssignment::Used(2)] {
            let (outcome, chosen) = decide(answer, 0);
            assert_eq!((outcome.choice, outcome.reason, chosen), (0, Reason::Default, vec![]), "{answer:?}");
        }
    }

    #[test]
    fn with_an_unknown_history_the_owner_is_chosen_provisionally() {
        let (outcome, chosen) = decide(PriorAssignment::Unknown, 100);
        assert_eq!((outcome.choice, outcome.reason, outcome.needs_history), (1, Reason::Provisional, true));
        assert_eq!(chosen, [(1, true)]);
        let (outcome, _) = decide(PriorAssignment::Unused, 100);
        assert_eq!((outcome.choice, outcome.reason, outcome.needs_history), (1, Reason::Otherwise, false));
    }
}
