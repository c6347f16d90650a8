//! The contract suite: tests for any implementation of [`Store`].
//!
//! A backend's test is one call. It passes a function that opens the store at a named place. The same name must give a new handle
//! on the same data, another name must give other data, and each place must be empty at first.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! use feats::store::{Sqlite, contract};
//!
//! let directory = tempfile::tempdir().unwrap();
//! let path = directory.path().to_owned();
//! contract::run(move |place| Sqlite::open(path.join(place)).unwrap()).await;
//! # }
//! ```
//!
//! The suite has a [part](Part) for revisions, which every store keeps, and one for each capability. [`run`] runs the parts that
//! a store supports. [`run_part`] runs one part, which the store must support.
//!
//! [`reader`] checks a store that can only be read, while another handle on the same data writes.
//!
//! [`run_epoch_changes`] checks a store that was emptied or restored from an older copy, and [`run_losses`] a store that has lost
//! single revisions. They need functions of the backend's test that cause these faults.
//!
//! The names of places are lower-case words with underscores. The [`cases`] can also be run one by one; each then returns a
//! [`Violation`] instead of panicking.

mod append;
mod assignments;
mod cancellation;
mod capabilities;
mod case;
mod contention;
mod counters;
mod epoch_changes;
mod fixture;
mod history;
mod losses;
mod names;
mod reader;
mod records;
mod refusals;
mod scans;
mod watch;

use std::sync::Arc;

pub use self::case::{Case, Violation};
pub use self::epoch_changes::run_epoch_changes;
pub use self::losses::run_losses;
pub use self::reader::reader;
use super::Store;

/// A part of the suite: revisions, or one capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The methods of every store: load, append, watch and the rest.
    Revisions,
    /// The capability [records](Store::records).
    Records,
    /// The capability [counters](Store::counters).
    Counters,
    /// The capability [assignments](Store::assignments).
    Assignments,
}

/// Returns all cases of all parts.
pub fn cases() -> Vec<Case> {
    Part::ALL.into_iter().flat_map(Part::cases).collect()
}

/// Tests a store: revisions, and the capabilities that it supports. `open` is called with the name of a place, several times
/// with the same name.
///
/// # Panics
/// Panics if the store violates a guarantee. The message lists all violations.
pub async fn run<S: Store>(open: impl Fn(&str) -> S + Send + Sync + 'static) {
    let store = open("capabilities");
    let parts: Vec<Part> = Part::ALL.into_iter().filter(|part| part.is_supported_by(&store)).collect();
    drop(store);
    run_parts(&parts, open).await;
}

/// Tests one part of a store. A store that does not support the capability violates all its guarantees.
///
/// # Panics
/// Panics if the store violates a guarantee. The message lists all violations.
pub async fn run_part<S: Store>(part: Part, open: impl Fn(&str) -> S + Send + Sync + 'static) {
    run_parts(&[part], open).await;
}

async fn run_parts<S: Store>(parts: &[Part], open: impl Fn(&str) -> S + Send + Sync + 'static) {
    panic_with(&violations(parts, open).await);
}

/// Runs the cases of parts. Returns all violations.
async fn violations<S: Store>(parts: &[Part], open: impl Fn(&str) -> S + Send + Sync + 'static) -> Vec<Violation> {
    let open = Arc::new(open);
    let mut violations = Vec::new();
    for case in parts.iter().flat_map(|part| part.cases()) {
        let open = Arc::clone(&open);
        violations.extend(case.run(move |place| open(place)).await.err());
    }
    violations
}

/// Panics with all violations, if there are any.
#[expect(clippy::panic, reason = "this is how a test fails")]
fn panic_with(violations: &[Violation]) {
    if !violations.is_empty() {
        let list: Vec<String> = violations.iter().map(ToString::to_string).collect();
        panic!("guarantees that the store violates: {}\n{}", violations.len(), list.join("\n"));
    }
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 4] = [Self::Revisions, Self::Records, Self::Counters, Self::Assignments];

    /// Returns the cases of this part, simple ones first.
    pub fn cases(self) -> Vec<Case> {
        match self {
            Self::Revisions => [
                append::CASES,
                history::CASES,
                names::CASES,
                watch::CASES,
                capabilities::CASES,
                contention::CASES,
                cancellation::CASES,
            ]
            .concat(),
            Self::Records => records::CASES.to_vec(),
            Self::Counters => counters::CASES.to_vec(),
            Self::Assignments => assignments::CASES.to_vec(),
        }
    }

    fn is_supported_by(self, store: &dyn Store) -> bool {
        match self {
            Self::Revisions => true,
            Self::Records => store.records().is_some(),
            Self::Counters => store.counters().is_some(),
            Self::Assignments => store.assignments().is_some(),
        }
    }
}
