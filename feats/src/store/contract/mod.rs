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
//! contract::run_all(move |place| Sqlite::open(path.join(place)).unwrap()).await;
//! # }
//! ```
//!
//! What a store does once it was emptied or set back to a copy is checked by [`run_lives`], and what it does once single
//! revisions are lost, by [`run_losses`], since only the backend's test can do that to it.
//!
//! The names of places are lower-case words with underscores. A store without records is held to saying so. The
//! checks of [`cases`] can also be run one by one, and then tell of a broken promise instead of panicking.

mod abandoned;
mod append;
mod contention;
mod counters;
mod history;
mod lives;
mod losses;
mod material;
mod names;
mod records;
mod watch;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub use self::lives::run_lives;
pub use self::losses::run_losses;
use self::material::{Breach, Place, Verdict};
use super::Store;

/// How long one check may take. A store over a network has to be slow indeed to need as much.
const LIMIT: Duration = Duration::from_secs(60);

/// One check: a promise of [`Store`], and code that tries to find it broken.
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    promise: &'static str,
    check: fn(Place) -> Pin<Box<dyn Future<Output = Verdict> + Send>>,
}

/// A promise that a store broke.
#[derive(Clone, Debug)]
pub struct Broken {
    case: &'static str,
    promise: &'static str,
    found: String,
}

/// All checks, the simple ones first.
pub fn cases() -> Vec<Case> {
    [
        append::CASES,
        history::CASES,
        names::CASES,
        watch::CASES,
        records::CASES,
        counters::CASES,
        contention::CASES,
        abandoned::CASES,
    ]
    .concat()
}

/// Holds a store to every promise. `open` is called with the name of a place, several times with the same one.
///
/// # Panics
/// The store breaks a promise. The message names all that it breaks.
#[expect(clippy::panic, reason = "this is how a test fails")]
pub async fn run_all<S: Store>(open: impl Fn(&str) -> S + Send + Sync + 'static) {
    let open = Arc::new(open);
    let mut broken = Vec::new();
    for case in cases() {
        let open = Arc::clone(&open);
        broken.extend(case.run(move |place| open(place)).await.err());
    }
    if !broken.is_empty() {
        let broken: Vec<String> = broken.iter().map(ToString::to_string).collect();
        panic!("the store breaks {} of its promises:\n{}", broken.len(), broken.join("\n"));
    }
}

impl Case {
    /// Its name, for example `tombstones`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What is promised.
    pub fn promise(&self) -> &'static str {
        self.promise
    }

    /// Holds a store to this promise, at places whose names begin with that of the case.
    ///
    /// # Errors
    /// The store breaks it.
    pub async fn run<S: Store>(&self, open: impl Fn(&str) -> S + Send + Sync + 'static) -> Result<(), Broken> {
        let place = Place::new(self.name, move |place| Arc::new(open(place)) as Arc<dyn Store>);
        let verdict = tokio::time::timeout(LIMIT, (self.check)(place)).await;
        let found = match verdict {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(Breach(found))) => found,
            Err(_) => format!("it had not ended after {LIMIT:?}"),
        };
        Err(Broken { case: self.name, promise: self.promise, found })
    }
}

impl Broken {
    /// The name of the case.
    pub fn case(&self) -> &'static str {
        self.case
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} — but {}", self.case, self.promise, self.found)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({}: {})", self.name, self.promise)
    }
}
