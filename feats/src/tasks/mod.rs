//! Background tasks of an app: supervised, retried with a jittered back-off, and with one warning for each source of failures.
//!
//! They also run user code: stores, sinks and clocks. A panic in user code becomes an error of the call that panicked.

mod backoff;
mod blocking;
mod catch_panic;
mod process;
mod supervise;
mod warnings;

pub(crate) use backoff::{Backoff, jittered};
pub(crate) use blocking::run_blocking;
pub(crate) use catch_panic::{catch_panic, catch_panic_async};
pub(crate) use process::{Process, forked_error};
pub(crate) use supervise::{Round, supervise};
pub(crate) use warnings::{Source, Warnings};
