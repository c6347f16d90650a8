//! Bucketing: which slot a unit falls into, who owns which slots, and who moves when weights change.

pub mod division;
mod planner;
mod slots;
mod touched;

pub use planner::AllocationPlanner;
pub use slots::{Seed, scale};
