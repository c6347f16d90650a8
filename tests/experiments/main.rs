//! Experiments in running apps: who keeps what, who is asked about, what is waited for, what is stored.

mod fixture;
mod keeping;
mod lookups;
mod restless;
mod storing;
mod waiting;
