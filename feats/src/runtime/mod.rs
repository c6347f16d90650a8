//! The data of decisions at run time: the current snapshot, the counters of uses, and the history of units.

mod compressed;
mod history;
mod snapshot;
mod snapshot_cell;
mod uses;

pub(crate) use compressed::Compressed;
pub(crate) use history::{History, WaitBudget, WaitPolicy};
pub(crate) use snapshot::{FeatureRevision, QuarantinedRevision, Snapshot, Uncompiled};
pub(crate) use snapshot_cell::SnapshotCell;
pub(crate) use uses::{Counters, MAX_ADDED, Uses};
