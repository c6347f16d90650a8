//! Keeping snapshots in step with a store: loading, watching, backing off, last-known-good. All store I/O happens on one
//! background thread for each app.

mod backoff;
mod follow;
mod last_known_good;
mod programs;
mod replica;
mod status;
mod worker;

pub(crate) use follow::Follower;
pub(crate) use last_known_good::LastKnownGood;
pub use programs::Instance;
pub(crate) use programs::{Programs, newest_first, read_catalogs, read_instances};
pub(crate) use replica::{Features, Replica};
pub use status::{Connection, Origin, Quarantine, Status};
pub(crate) use worker::Worker;
