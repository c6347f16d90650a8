//! Decisions by name, in feats and in other engines: the workloads, the engines, and how they are measured.

pub mod engines;
pub mod measure;
pub mod users;
pub mod workload;
