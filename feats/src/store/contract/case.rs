//! One case of the suite, and the violation that it finds.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::fixture::{CheckResult, Finding, TestPlace};
use crate::store::Store;

/// The time limit of one case, generous enough for stores over a network.
const CASE_TIMEOUT: Duration = Duration::from_secs(60);

/// A guarantee of [`Store`], and a check that tries to find a violation.
#[derive(Clone, Copy)]
pub struct Case {
    pub(super) name: &'static str,
    pub(super) guarantee: &'static str,
    pub(super) check: fn(TestPlace) -> Pin<Box<dyn Future<Output = CheckResult> + Send>>,
}

/// A guarantee that a store violated.
#[derive(Clone, Debug)]
pub struct Violation {
    case: &'static str,
    guarantee: &'static str,
    found: String,
}

/// Builds a case from the function that checks it, which gives it its name, and its guarantee.
macro_rules! case {
    ($check:ident, $guarantee:expr) => {
        $crate::store::contract::case::Case {
            name: stringify!($check),
            guarantee: $guarantee,
            check: |place| Box::pin($check(place)),
        }
    };
}

pub(super) use case;

impl Case {
    /// Returns the name, for example `tombstones`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the guarantee, as a sentence.
    pub fn guarantee(&self) -> &'static str {
        self.guarantee
    }

    /// Checks that a store gives this guarantee. Uses places whose names start with the name of the case.
    ///
    /// # Errors
    /// The store violates the guarantee.
    pub async fn run<S: Store>(&self, open: impl Fn(&str) -> S + Send + Sync + 'static) -> Result<(), Violation> {
        let place = TestPlace::new(self.name, move |place| Arc::new(open(place)) as Arc<dyn Store>);
        Violation::check(self.name, self.guarantee, (self.check)(place)).await
    }
}

impl Violation {
    /// Runs a check with the time limit of a case.
    ///
    /// # Errors
    /// The check found that the store violates the guarantee.
    pub(super) async fn check(
        case: &'static str,
        guarantee: &'static str,
        check: impl Future<Output = CheckResult>,
    ) -> Result<(), Self> {
        let found = match tokio::time::timeout(CASE_TIMEOUT, check).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(Finding(found))) => found,
            Err(_) => format!("the check did not finish within {CASE_TIMEOUT:?}"),
        };
        Err(Self { case, guarantee, found })
    }

    /// Returns the name of the case.
    pub fn case(&self) -> &'static str {
        self.case
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}. Found: {}", self.case, self.guarantee, self.found)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({}: {})", self.name, self.guarantee)
    }
}
