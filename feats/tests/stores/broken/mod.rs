//! Stores that violate one guarantee each: the suite finds every violation.

pub(crate) mod faulty;
mod leaky;
mod reader;

use dashmap::DashMap;
use feats::store::contract;

use self::faulty::{Fault, Faulty};

/// Faults of a store, each with a case that finds it.
const FAULTS: &[(Fault, &str)] = &[
    (Fault::SharesNothing, "appended"),
    (Fault::IgnoresExpected, "conflicts"),
    (Fault::IgnoresExpected, "contended_feature"),
    (Fault::ComparesVersionsOnly, "conflicts"),
    (Fault::HidesTheWinner, "conflicts"),
    (Fault::AcceptsGaps, "holes"),
    (Fault::ForgetsIds, "lost_reply"),
    (Fault::AlwaysDone, "contended_feature"),
    (Fault::Reserializes, "verbatim"),
    (Fault::CutsStates, "large_states"),
    (Fault::ForgetsHashes, "hash_chain"),
    (Fault::LosesTombstones, "tombstones"),
    (Fault::RestartsAfterTombstones, "tombstones"),
    (Fault::OldestFirst, "pages"),
    (Fault::IgnoresBefore, "pages"),
    (Fault::IncludesBefore, "pages"),
    (Fault::IgnoresLimit, "pages"),
    (Fault::LoadsTheFirst, "newest_of_each"),
    (Fault::StaleVersions, "newest_of_each"),
    (Fault::WarnsOfCompleteHistories, "checks"),
    (Fault::FixedEpoch, "epochs"),
    (Fault::NewEpochs, "epochs"),
    (Fault::NewEpochByCursor, "epochs"),
    (Fault::FoldsCase, "names_of_features"),
    (Fault::FoldsCase, "names_of_records"),
    (Fault::Normalizes, "names_of_features"),
    (Fault::Normalizes, "names_of_records"),
    (Fault::Trims, "names_of_features"),
    (Fault::CutsNames, "names_of_features"),
    (Fault::JoinsNames, "names_of_records"),
    (Fault::JoinsNames, "names_of_counters"),
    (Fault::JoinsNames, "names_of_assignments"),
    (Fault::FoldsCase, "names_of_counters"),
    (Fault::FoldsCase, "names_of_assignments"),
    (Fault::Normalizes, "names_of_counters"),
    (Fault::Normalizes, "names_of_assignments"),
    (Fault::WatchesFromNow, "old_cursors"),
    (Fault::WatchesNothing, "changes_arrive"),
    (Fault::WatchesWithoutEnd, "several_changes"),
    (Fault::WatchesNewestFirst, "several_changes"),
    (Fault::WatchesOneOfMany, "several_changes"),
    (Fault::WatchesOneOfMany, "contended_order"),
    (Fault::ReturnsEarly, "nothing_changed"),
    (Fault::WaitsTooLong, "no_wait"),
    (Fault::FailsOnForeignCursors, "foreign_cursors"),
    (Fault::WatchesFromNow, "damaged_cursors"),
    (Fault::FailsOnForeignCursors, "damaged_cursors"),
    (Fault::HalfTheRecords, "capabilities"),
    (Fault::CapabilitiesOfOtherEpochs, "capabilities"),
    (Fault::KeepsTheFirstRecord, "put_and_list"),
    (Fault::Unsorted, "put_and_list"),
    (Fault::MixesKinds, "put_and_list"),
    (Fault::NeverExpires, "expiry"),
    (Fault::ExpiresAtOnce, "expiry"),
    (Fault::KeepsCounters, "expiry_of_counters"),
    (Fault::EndsWithTheFirstTime, "expiry_of_counters"),
    (Fault::CountsOnAfterTheEnd, "expiry_of_counters"),
    (Fault::AnswersInOrderOfKeys, "read_many"),
    (Fault::IgnoresNames, "read_many"),
    (Fault::CountsUpOnly, "counting"),
    (Fault::FailsOnOverflow, "counting"),
    (Fault::ReadsThenWrites, "contended_counters"),
    (Fault::LastWriterWins, "assign"),
    (Fault::LastWriterWins, "contended_assignments"),
    (Fault::AnswersOwnChoice, "contended_assignments"),
    (Fault::AnswersInOrderOfUnits, "assign_many"),
    (Fault::CallsAllFirst, "assign_many"),
    (Fault::HoldsLocks, "cancelled_appends"),
    (Fault::CountsInParts, "cancelled_additions"),
    (Fault::HoldsLocks, "cancelled_puts"),
    (Fault::HoldsLocks, "cancelled_calls"),
    (Fault::LastWriterWins, "cancelled_assignments"),
    (Fault::ListsNothing, "scan_of_counters"),
    (Fault::ListsNothing, "scan_of_assignments"),
];

#[tokio::test(start_paused = true)]
async fn every_violation_is_found() {
    let mut missed = Vec::new();
    for &(fault, name) in FAULTS {
        let case = contract::cases().into_iter().find(|case| case.name() == name).expect(name);
        match case.run(places(fault)).await {
            Ok(()) => missed.push((fault, name)),
            Err(violation) => assert_eq!(violation.case(), name),
        }
    }
    assert_eq!(missed, []);
}

#[tokio::test]
async fn every_case_finds_something() {
    let idle = |case: &&str| FAULTS.iter().all(|(_, finds)| finds != case);
    let idle: Vec<&str> = contract::cases().iter().map(contract::Case::name).filter(|case| idle(case)).collect();
    assert_eq!(idle, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_store_without_records_passes_the_suite() {
    contract::run(places(Fault::NoRecords)).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(
    expected = "counting: counters add positive and negative numbers, and saturate. Found: this handle has no counters"
)]
async fn a_missing_capability_is_a_violation() {
    contract::run_part(contract::Part::Counters, places(Fault::NoRecords)).await;
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "guarantees that the store violates: 1\nepochs: the epoch is the same for all handles")]
async fn the_suite_panics_with_the_case_and_its_guarantee() {
    contract::run(places(Fault::FixedEpoch)).await;
}

fn places(fault: Fault) -> impl Fn(&str) -> Faulty + Send + Sync + 'static {
    let places = DashMap::<String, Faulty>::new();
    move |place| match fault {
        Fault::SharesNothing => Faulty::new(fault),
        _ => places.entry(place.to_owned()).or_insert_with(|| Faulty::new(fault)).clone(),
    }
}
