//! Tests of the `feats` binary on temporary SQLite files.

mod bad_input;
mod book;
mod changes;
mod conflicts;
mod copying;
mod documents;
mod experiments;
mod flags;
mod flags_as_features;
mod harness;
mod reading;
mod restoring;
mod rollouts;
mod rules;
mod stale;
mod stores;
mod terminal;
