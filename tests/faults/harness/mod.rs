//! What every fault is tried with: programs that evaluate, writers that publish, and the audit of what they saw.

mod audit;
mod evaluators;
mod features;
mod ledger;
mod report;
mod trial;
mod writers;

pub use audit::Measured;
pub use features::{FEATURES, version};
pub use report::fault;
pub use trial::{Setup, Trial};
