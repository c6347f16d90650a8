//! Synchronisation of snapshots with a store: loading, watching, back-off, quarantine and the fallback file. Each app does all
//! its store I/O on one background thread.

mod apply;
mod change_log;
mod compile;
mod fallback_file;
mod features;
#[cfg(feature = "thrift")]
mod flag_source;
mod follow;
mod guarded;
mod identity;
mod incoming;
mod instances;
mod last_valid_revision;
mod load;
mod periodic;
mod queue;
mod replica;
mod retained;
#[cfg(feature = "thrift")]
mod sourced;
mod status;
mod stores;
mod subscription;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use compile::Compiler;
#[cfg(test)]
pub(crate) use compile::hook;
pub(crate) use fallback_file::{FallbackFile, FallbackStates};
pub(crate) use features::Features;
#[cfg(feature = "thrift")]
pub(crate) use flag_source::{FlagSource, SourceChange, SourceFlag};
pub(crate) use follow::Follower;
pub(crate) use identity::Identity;
pub(crate) use incoming::Incoming;
pub use instances::Instance;
pub(crate) use instances::{InstanceRegistration, newest_first, read_catalogs, read_instances};
pub(crate) use last_valid_revision::find_last_valid;
pub(crate) use load::load;
pub(crate) use replica::Replica;
#[cfg(feature = "thrift")]
pub(crate) use sourced::{Signed, SourcedFlags};
pub use status::{ConfigSource, Retained, Status};
pub(crate) use stores::{Handles, Monitor, Stores};
pub use subscription::{ChangeEvent, ChangeSource, FeatureChange, MAX_WAITING_CHANGES, Subscription};
pub(crate) use worker::Worker;
