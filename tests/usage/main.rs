//! Uses as programs see them: what is counted, for whom, what becomes of it, and what is told as stale.

mod counting;
mod fixture;
mod process;
#[path = "../experiments/restless.rs"]
mod restless;
mod stale;
mod storing;
