//! Usage counts: counting, storage, and stale features.

mod counting;
mod fixture;
mod process;
#[path = "../experiments/restless.rs"]
mod restless;
mod stale;
mod storing;
