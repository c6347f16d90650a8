//! The laws of feats as property tests: what holds for every state, every subject and every instant.
//!
//! A law that fails prints the smallest case that proptest found; such a case becomes a test with a name of its own.
//! `PROPTEST_CASES` sets how many cases each law is tried with.

mod allocations;
mod boundaries;
mod conditions;
mod desk;
mod editing;
mod experiments;
mod extremes;
mod flows;
mod generators;
mod impact;
mod interpreter;
mod limits;
mod matching;
mod moves;
mod order;
mod pacing;
mod pins;
mod problems;
mod publishing;
mod ramps;
mod statistics;
mod totality;
mod traces;
mod vectors;
mod warnings;
mod wire;
mod world;
