//! Exact boundaries of shares, slot ranges, reassigned ranges and ramps: the last unit within is included, and the next one is
//! not.

use feats::bucketing::Seed;
use feats::evaluate::Outcome;
use feats::explain::{BucketingTrace, EntryTrace};
use feats::model::{
    Experiment, Percent, Ramp, RampFrom, Reassigned, ReassignedKind, Rollout, SLOTS, Selector, SlotRange,
};
use feats::{Reason, State, attributes};
use proptest::prelude::*;

use super::world::{START, cases, choose, feature, only, route, traced};

const SEED: &str = "9f3k2m7q1x8c4v5b";

/// Returns the slot of a unit, and its position for the share of an experiment.
fn positions(unit: u32) -> (u32, u32) {
    let of = |seed: &str| Seed::new(seed).slot_of(unit.to_string().as_bytes());
    (of(SEED), of(&format!("{SEED}/share")))
}

/// Returns an allocation in which `acme` owns the slots below a boundary, and `zeta` the others.
fn halves(boundary: u32) -> Vec<SlotRange> {
    vec![SlotRange::new("acme", boundary, 1), SlotRange::new("zeta".to_owned(), SLOTS - boundary, 1)]
}

fn rollout(slots: Vec<SlotRange>) -> Rollout {
    let weights = slots.iter().map(|run| (run.implementation.clone(), Percent::from_slots(run.length).0));
    let mut rollout = Rollout::new("UserId", weights.collect::<Vec<_>>());
    (rollout.seed, rollout.slots) = (Some(SEED.to_owned()), slots);
    rollout
}

fn experiment(slots: Vec<SlotRange>, share: u32, reassigned: Vec<Reassigned>) -> State {
    let mut experiment = Experiment::from(rollout(slots));
    (experiment.share, experiment.reassigned) = (Percent::from_slots(share), reassigned);
    only(experiment)
}

fn decide(state: &State, unit: u32, now: i64) -> Outcome {
    let feature = feature();
    choose(&route(state, &feature), &feature, &attributes! { "UserId" => unit }, now, 0)
}

fn choice(state: &State, unit: u32, now: i64) -> String {
    feature().implementation(decide(state, unit, now).choice).to_owned()
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_run_of_slots_ends_before_its_end(unit in any::<u32>()) {
        let (slot, _) = positions(unit);
        prop_assume!((1..SLOTS - 1).contains(&slot));
        for (boundary, owner) in [(slot, "zeta"), (slot + 1, "acme")] {
            prop_assert_eq!(choice(&only(rollout(halves(boundary))), unit, START), owner, "a rollout");
            prop_assert_eq!(choice(&experiment(halves(boundary), SLOTS, vec![]), unit, START), owner, "an experiment");
        }
    }

    #[test]
    fn units_below_the_share_enter_and_the_unit_at_the_share_does_not(unit in any::<u32>()) {
        let (slot, entry) = positions(unit);
        prop_assume!((1..SLOTS - 1).contains(&entry) && slot < SLOTS / 2);
        for (share, enters) in [(entry - 1, false), (entry, false), (entry + 1, true)] {
            // Neither arm is the default.
            let slots = [("zeta", SLOTS / 2), ("premium", SLOTS / 2)].map(|(name, slots)| SlotRange::new(name, slots, 1));
            let state = experiment(slots.into(), share, vec![]);
            let outcome = decide(&state, unit, START);
            prop_assert_eq!(outcome.experiment, enters);
            prop_assert_eq!(outcome.slot, enters.then_some(slot));
            prop_assert_eq!(choice(&state, unit, START), if enters { "zeta" } else { "acme" });
            let trace = traced(&state, &feature(), &attributes! { "UserId" => unit }, START, 0);
            let Some(BucketingTrace { slot: traced_slot, owner, entry: Some(at), .. }) = &trace.steps[0].bucketing else { panic!("{trace:?}") };
            prop_assert_eq!((*traced_slot, owner.as_deref()), (Some(slot), Some("zeta")), "explain reports slot and owner of each unit");
            prop_assert_eq!(at, &EntryTrace { position: entry, share: Percent::from_slots(share).0, enters });
        }
    }

    #[test]
    fn a_prior_assignment_is_looked_up_only_within_reassigned_ranges(unit in any::<u32>(), before in 1_u32..9, count in 1_u32..9) {
        let (slot, entry) = positions(unit);
        prop_assume!((20..SLOTS - 20).contains(&slot) && (20..SLOTS - 20).contains(&entry));
        let reassigned = |touch, first, count| vec![Reassigned::new(touch, first, count)];
        let slots = |first, count| experiment(halves(SLOTS / 2), SLOTS, reassigned(ReassignedKind::Slot, first, count));
        prop_assert!(decide(&slots(slot - before, before + count), unit, START).needs_history);
        prop_assert!(decide(&slots(slot, 1), unit, START).needs_history);
        prop_assert!(!decide(&slots(slot + 1, count), unit, START).needs_history, "the range starts after it");
        prop_assert!(!decide(&slots(slot - before, before), unit, START).needs_history, "the range ends before it");

        let left = |share, first, count| experiment(halves(SLOTS / 2), share, reassigned(ReassignedKind::Entry, first, count));
        prop_assert!(decide(&left(entry, entry, 1), unit, START).needs_history, "the unit entered while the share was larger");
        prop_assert!(!decide(&left(entry - before, entry - before, before), unit, START).needs_history, "the unit never entered");
        prop_assert!(!decide(&left(entry + 1, entry + 1, count), unit, START).needs_history, "the unit still enters");
    }

    #[test]
    fn a_slot_moves_in_the_millisecond_that_explain_reports(unit in any::<u32>(), hours in 1_u32..1_000) {
        let (slot, _) = positions(unit);
        let mut moving = rollout(halves(SLOTS));
        moving.slots.pop();
        moving.ramp = Some(Ramp {
            start: "2026-12-01T09:00:00Z".to_owned(),
            duration: format!("{hours}h"),
            from: Some(RampFrom::Slots(vec![SlotRange::new("zeta", SLOTS, 1)])),
step: None,
        });
        let state = only(moving);
        let trace = traced(&state, &feature(), &attributes! { "UserId" => unit }, START, 0);
        let side = trace.steps[0].bucketing.as_ref().and_then(|bucketing| bucketing.ramp.clone()).expect("a ramp");
        let at = side.moves_at.expect("it moves").as_millis();
        prop_assert_eq!(choice(&state, unit, at - 1), "zeta", "slot {}", slot);
        prop_assert_eq!(choice(&state, unit, at), "acme");
    }
}

#[test]
fn the_reason_is_provisional_only_with_a_lookup() {
    let (slot, _) = positions(42);
    let reassigned = experiment(halves(SLOTS / 2), SLOTS, vec![Reassigned::new(ReassignedKind::Slot, slot, 1)]);
    assert_eq!(decide(&reassigned, 42, START).reason, Reason::Provisional);
    let untouched = experiment(halves(SLOTS / 2), SLOTS, vec![Reassigned::new(ReassignedKind::Slot, slot + 1, 1)]);
    assert_eq!(decide(&untouched, 42, START).reason, Reason::Otherwise);
    let Some(Selector::Experiment(_)) = untouched.otherwise else { panic!("expected an experiment") };
}
