//! Readers that violate one guarantee each: the suite for readers finds every violation.

use std::sync::Arc;

use dashmap::DashMap;
use feats::store::{Memory, ReadOnly, Store, contract};

use super::faulty::{Fault, Faulty};
use super::leaky::Leak::{Accepts, WritesAnyway};
use super::leaky::{Leaky, Write};

/// Faults of a store that is read, each with the case that finds it.
const FAULTS: &[(Fault, &str)] = &[
    (Fault::LosesTombstones, "tombstones"),
    (Fault::OldestFirst, "pages"),
    (Fault::StaleVersions, "newest_of_each"),
    (Fault::FixedEpoch, "epochs"),
    (Fault::WatchesNothing, "changes_arrive"),
    (Fault::FailsOnForeignCursors, "foreign_cursors"),
    (Fault::CapabilitiesOfOtherEpochs, "capabilities"),
    (Fault::Unsorted, "put_and_list"),
    (Fault::IgnoresNames, "read_many"),
    (Fault::ListsNothing, "scan_of_assignments"),
];

/// Runs the suite. Returns the message of the panic, empty if there was none.
async fn violations<W: Store + Clone, R: Store + Clone>(open: impl Fn() -> (W, R) + Send + Sync + 'static) -> String {
    let places = Arc::new(DashMap::<String, (W, R)>::new());
    let open = Arc::new(open);
    let (for_writer, for_reader) = (Arc::clone(&places), places);
    let open_again = Arc::clone(&open);
    let writer = move |place: &str| for_writer.entry(place.to_owned()).or_insert_with(|| open()).0.clone();
    let reader = move |place: &str| for_reader.entry(place.to_owned()).or_insert_with(|| open_again()).1.clone();
    match tokio::spawn(contract::reader(writer, reader)).await {
        Ok(()) => String::new(),
        Err(error) => *error.into_panic().downcast::<String>().expect("a message"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_accepts_a_write_is_found() {
    for (write, named) in [
        (Write::Append, "append"),
        (Write::Put, "put"),
        (Write::Add, "addition"),
        (Write::Assign, "assignment"),
        (Write::AssignMany, "batch of assignments"),
    ] {
        let found = violations(leaky(Accepts(write))).await;
        let expected = format!("Found: the reader accepted this write: {named}");
        assert!(found.contains("refusals: ") && found.ends_with(&expected), "{write:?}: {found}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_fails_and_writes_is_found() {
    for (write, expected) in [
        (Write::Append, "after refused appends the history is"),
        (Write::Put, "after refused puts the records are"),
        (Write::Add, "after refused additions the counters are"),
        (Write::Assign, "after a refused assignment, unit \"one\" is assigned"),
        (Write::AssignMany, "after a refused assignment, unit \"two\" is assigned"),
    ] {
        let found = violations(leaky(WritesAnyway(write))).await;
        assert!(found.contains(expected), "{write:?}: {found}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_reads_something_else_is_found_by_the_cases_of_the_suite() {
    for &(fault, case) in FAULTS {
        let found = violations(move || {
            let faulty = Faulty::new(fault);
            (faulty.good(), ReadOnly::new(faulty))
        })
        .await;
        assert!(found.lines().any(|line| line.starts_with(&format!("{case}: "))), "{fault:?}: {found}");
        assert!(!found.contains("refusals: "), "{fault:?}: {found}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_of_other_data_is_found() {
    let found = violations(|| (Memory::new(), ReadOnly::new(Memory::new()))).await;
    assert!(found.contains("appended: "), "{found}");
}

fn leaky(leak: super::leaky::Leak) -> impl Fn() -> (Memory, Leaky) + Send + Sync + 'static {
    move || {
        let memory = Memory::new();
        (memory.clone(), Leaky { memory, leak })
    }
}
