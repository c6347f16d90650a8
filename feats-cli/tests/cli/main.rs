//! The real `feats` binary against temporary SQLite files: what it answers, what it writes, and what it refuses.

mod bad_input;
mod book;
mod changes;
mod conflicts;
mod documents;
mod experiments;
mod harness;
mod reading;
mod restoring;
mod rollouts;
mod rules;
mod stale;
mod stores;
mod terminal;
