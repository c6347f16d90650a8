//! The contract suite: what the docs of [`Store`] promise, as checks that every store can be held to.
//!
//! A backend's test is one call. It gives the suite a way to open the store at a place: the same name is the same
//! data, through a handle of its own; another name is other data, empty at first.
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
//! The suite has a [part](Part) for revisions, which every store keeps, and one for each capability. [`run`] holds a store to
//! the parts that it has; [`run_part`] to a single one, which it then must have.
//!
//! What a store does once it was emptied or set back to a copy is checked by [`run_lives`], and what it does once single
//! revisions are lost, by [`run_losses`], since only the backend's test can do that to it.
//!
//! The names of places are lower-case words with underscores. The checks of [`cases`] can also be run one by one, and then
//! return a broken promise instead of panicking.

mod abandoned;
mod append;
mod assignments;
mod capabilities;
mod case;
mod contention;
mod counters;
mod history;
mod lives;
mod losses;
mod material;
mod names;
mod records;
mod watch;

use std::sync::Arc;

pub use self::case::{Broken, Case};
pub use self::lives::run_lives;
pub use self::losses::run_losses;
use super::Store;

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What every store can do: load, append, watch.
    Revisions,
    /// What stores with [records](Store::records) can do.
    Records,
    /// What stores with [counters](Store::counters) can do.
    Counters,
    /// What stores with [assignments](Store::assignments) can do.
    Assignments,
}

/// All checks of all parts.
pub fn cases() -> Vec<Case> {
    Part::ALL.into_iter().flat_map(Part::cases).collect()
}

/// Holds a store to every promise about what it has: revisions, and the capabilities that it hands out. `open` is called
/// with the name of a place, several times with the same one.
///
/// # Panics
/// The store breaks a promise. The message names all that it breaks.
pub async fn run<S: Store>(open: impl Fn(&str) -> S + Send + Sync + 'static) {
    let store = open("capabilities");
    let parts: Vec<Part> = Part::ALL.into_iter().filter(|part| part.is_kept_by(&store)).collect();
    drop(store);
    run_parts(&parts, open).await;
}

/// Holds a store to every promise of one part. A store that does not hand out that capability breaks all of them.
///
/// # Panics
/// The store breaks a promise. The message names all that it breaks.
pub async fn run_part<S: Store>(part: Part, open: impl Fn(&str) -> S + Send + Sync + 'static) {
    run_parts(&[part], open).await;
}

#[expect(clippy::panic, reason = "this is how a test fails")]
async fn run_parts<S: Store>(parts: &[Part], open: impl Fn(&str) -> S + Send + Sync + 'static) {
    let open = Arc::new(open);
    let mut broken = Vec::new();
    for case in parts.iter().flat_map(|part| part.cases()) {
        let open = Arc::clone(&open);
        broken.extend(case.run(move |place| open(place)).await.err());
    }
    if !broken.is_empty() {
        let broken: Vec<String> = broken.iter().map(ToString::to_string).collect();
        panic!("the store breaks {} of its promises:\n{}", broken.len(), broken.join("\n"));
    }
}

impl Part {
    /// All parts.
    pub const ALL: [Self; 4] = [Self::Revisions, Self::Records, Self::Counters, Self::Assignments];

    /// Its checks, the simple ones first.
    pub fn cases(self) -> Vec<Case> {
        match self {
            Self::Revisions => [
                append::CASES,
                history::CASES,
                names::CASES,
                watch::CASES,
                capabilities::CASES,
                contention::CASES,
                abandoned::CASES,
            ]
            .concat(),
            Self::Records => records::CASES.to_vec(),
            Self::Counters => counters::CASES.to_vec(),
            Self::Assignments => assignments::CASES.to_vec(),
        }
    }

    fn is_kept_by(self, store: &dyn Store) -> bool {
        match self {
            Self::Revisions => true,
            Self::Records => store.records().is_some(),
            Self::Counters => store.counters().is_some(),
            Self::Assignments => store.assignments().is_some(),
        }
    }
}
