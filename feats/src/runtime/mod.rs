//! What decisions are made with while a program runs: the current snapshot, counters of uses, and what is known of units.

mod cell;
mod history;
mod packed;
mod snapshot;
mod uses;

pub(crate) use cell::Live;
pub(crate) use history::{History, Patience, WaitBudget};
pub(crate) use packed::Packed;
pub(crate) use snapshot::{Snapshot, Standing, Uncompiled, Unusable};
pub(crate) use uses::{Counters, MAX_ADDED, Uses};
