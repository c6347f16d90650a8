//! Supervision: whatever code of users does on the background thread, the store is followed again, and the status says what
//! is wrong meanwhile.

mod apart;
mod calls;
mod clocks;
mod fixture;
mod property;
mod sinks;
mod unruly;
