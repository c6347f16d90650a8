//! Keeping snapshots in step with a store: loading, watching, backing off, last-known-good. All store I/O happens on one
//! background thread for each app.

mod arrival_log;
mod arrivals;
mod compile;
mod features;
mod follow;
mod guarded;
mod hold;
mod identity;
mod incoming;
mod last_good;
mod last_known_good;
mod load;
mod periodic;
mod programs;
mod queue;
mod replica;
mod status;
mod stores;
mod subscription;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use compile::Compiler;
#[cfg(test)]
pub(crate) use compile::hook;
pub(crate) use features::Features;
pub(crate) use follow::Follower;
pub(crate) use identity::Identity;
pub(crate) use incoming::Incoming;
pub(crate) use last_good::find_last_good;
pub(crate) use last_known_good::{LastKnownGood, Remembered};
pub(crate) use load::load;
pub use programs::Instance;
pub(crate) use programs::{Programs, newest_first, read_catalogs, read_instances};
pub(crate) use replica::Replica;
pub use status::{Held, Origin, Status};
pub(crate) use stores::{Handles, Monitor, Stores};
pub use subscription::{ChangeEvent, ChangeSource, FeatureChange, MAX_WAITING_CHANGES, Subscription};
pub(crate) use worker::Worker;
