//! The harness of all faults: programs that evaluate, writers that publish, and the audit of their observations.

mod attempts;
mod audit;
mod evaluators;
mod features;
mod report;
mod server;
mod trial;
mod writers;

pub use audit::Measured;
pub use features::{FEATURES, version};
pub use report::{fault, is_tried};
pub use server::{DiskServer, Server};
pub use trial::{Setup, Trial};
