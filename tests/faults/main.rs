//! Faults of real servers, while eight threads evaluate and two writers publish.
//!
//! Each test is one fault. It runs once here, and as often as `FEATS_FAULT_RUNS` says for the table that
//! `cargo xtask faults` writes.

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
