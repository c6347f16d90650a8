//! Background tasks of an app: supervised, retried with a jittered back-off, and with one warning for each source of failures.
//!
//! They also run user code: stores, sinks and clocks. A panic in user code becomes an error of the call that panicked.

mod backoff;
mod blocking;
mod caught;
mod process;
mod supervise;
mod warnings;

pub(crate) use backoff::{Backoff, jittered};
pub(crate) use blocking::run_blocking;
pub(crate) use caught::{caught, caught_call};
pub(crate) use process::{Process, forked};
pub(crate) use supervise::{Round, supervise};
pub(crate) use warnings::{Source, Warnings};
