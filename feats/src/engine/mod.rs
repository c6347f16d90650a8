//! The engine: compiles states into routes and evaluates them. No file, network, clock, randomness or log.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod compile;
mod evaluate;
mod experiment;
mod lookup;
mod matcher;
mod operand;
mod outcome;
mod pattern;
mod route;
mod select;
mod snapshot;
pub mod trace;
mod uses;
mod version;

pub use compile::{Compiled, Context, Stage, compile};
pub use evaluate::evaluate;
pub(crate) use experiment::{Experiment, History, Patience, Recollection, WaitBudget, Witness};
pub use outcome::{Outcome, Reason};
pub use route::Route;
pub(crate) use snapshot::{Live, Quarantine, Snapshot, Standing, Uncompiled};
pub(crate) use uses::{Counters, Uses};
