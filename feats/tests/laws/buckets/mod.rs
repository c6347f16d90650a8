//! The laws of rollouts in the buckets of other systems.

mod growth;
mod imports;
mod planner;
mod predicates;
mod units;
mod vectors;
