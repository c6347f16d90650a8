//! Vectors of flags that come from Flipper and Flypper: what these programs really answer, store and hash.
//!
//! The vectors are not part of the repository. Without them, each of these tests prints a line and passes.
//!
//! `tests/serde_features` runs the same tests in a program that turns on more cargo features of `serde_json`.

mod buckets;
mod gates;
mod imports;
mod items;
mod vectors;
