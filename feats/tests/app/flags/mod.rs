//! Tests of flags that are created at run time, with input that is wrong: a clear error with its path, and never a changed flag.

mod buckets;
mod concurrent;
mod declared;
mod existing;
mod export;
mod extremes;
mod fixture;
mod import;
mod import_ramps;
mod input;
mod missing;
mod names;
mod outage;
mod scopes;
mod stored;
#[cfg(feature = "thrift")]
mod thrift;
mod variants;
