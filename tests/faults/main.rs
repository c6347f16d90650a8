//! Faults of real servers while eight threads evaluate and several writers publish.
//!
//! Each test is one fault, which runs once. For the table in `docs/faults.md`, `cargo xtask faults` sets `FEATS_FAULT_RUNS`, with
//! which also those faults run that a test run leaves out to save time.

mod boot;
mod clock;
mod cluster;
mod entries;
mod harness;
mod keys;
mod network;
mod process;
mod refusals;
mod sentinel;
mod stores;
