//! Experiments in running apps: sticky assignment, look-ups, waiting, and storage.

mod fixture;
mod keeping;
mod lookups;
mod restless;
mod storing;
mod waiting;
