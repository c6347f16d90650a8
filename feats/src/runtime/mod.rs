//! The data of decisions at run time: the current snapshot, the counters of uses, and the history of units.

mod compressed;
mod flag_status;
mod history;
mod snapshot;
mod snapshot_cell;
mod subject;
mod uses;

pub(crate) use compressed::Compressed;
pub(crate) use flag_status::FlagStatus;
pub(crate) use history::{History, WaitBudget, WaitPolicy};
pub(crate) use snapshot::{
    CounterIndexes, FeatureRevision, Position, Positions, QuarantinedRevision, Snapshot, Uncompiled,
};
pub(crate) use snapshot_cell::SnapshotCell;
pub(crate) use subject::{NamedAttributes, SubjectSource};
pub(crate) use uses::{Counters, MAX_ADDED, Uses};
