//! Background tasks of an app: supervised, retried with one jittered back-off, and warned about by source.
//!
//! Code of users runs here too: stores, sinks, clocks. A panic in it becomes an error of the call that it ends.

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
