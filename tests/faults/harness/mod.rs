//! The harness of all faults: programs that evaluate, writers that publish, and the audit of their observations.

mod attempts;
mod audit;
mod evaluators;
mod features;
mod report;
mod trial;
mod writers;

pub use audit::Measured;
pub use features::{FEATURES, version};
pub use report::fault;
pub use trial::{Setup, Trial};
