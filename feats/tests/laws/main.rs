//! The laws of feats as property tests: properties of every state, every subject and every instant.
//!
//! A failing law prints the smallest case that proptest found. Add that case as a separate test. `PROPTEST_CASES` sets the
//! number of cases of each law.

mod allocations;
mod boundaries;
mod buckets;
mod conditions;
mod desk;
mod editing;
mod experiments;
mod extremes;
mod flags;
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
mod units;
mod vectors;
mod warnings;
mod wire;
mod world;
