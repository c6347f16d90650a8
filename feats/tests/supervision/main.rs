//! Supervision: the app recovers from any failure of user code on the background thread, and its status reports the failure.

mod apart;
mod calls;
mod clocks;
mod fixture;
mod property;
mod sinks;
mod unruly;
