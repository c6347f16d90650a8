//! One check of the suite, and what it finds.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::material::{Breach, TestPlace, Verdict};
use crate::store::Store;

/// How long one check may take. A store over a network has to be slow indeed to need as much.
const LIMIT: Duration = Duration::from_secs(60);

/// One check: a promise of [`Store`], and code that tries to find it broken.
#[derive(Clone, Copy)]
pub struct Case {
    pub(super) name: &'static str,
    pub(super) promise: &'static str,
    pub(super) check: fn(TestPlace) -> Pin<Box<dyn Future<Output = Verdict> + Send>>,
}

/// A promise that a store broke.
#[derive(Clone, Debug)]
pub struct Broken {
    case: &'static str,
    promise: &'static str,
    found: String,
}

/// A case, with its name, what it promises, and the function that checks it.
macro_rules! case {
    ($check:ident, $promise:expr) => {
        $crate::store::contract::case::Case {
            name: stringify!($check),
            promise: $promise,
            check: |place| Box::pin($check(place)),
        }
    };
}

pub(super) use case;

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
        let place = TestPlace::new(self.name, move |place| Arc::new(open(place)) as Arc<dyn Store>);
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
