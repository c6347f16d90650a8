//! What `feats` needs from the inside of this crate. Nothing here is public API, and any release may change it.

pub use crate::bucketing::AllocationPlanner;
pub use crate::compile::compile_planned;
pub use crate::compile::route::experiment::Experiment;
pub use crate::error::problem::closest;
pub use crate::error::problems::{MAX_PROBLEMS, grouped};
pub use crate::evaluate::{AssignmentObserver, PriorAssignment, evaluate_before};
pub use crate::explain::trace_before;
pub use crate::model::stored::{experiment_key, stored_within};
pub use crate::model::time::{duration_millis, duration_text};
pub use crate::model::unknown_fields::unknown_fields;
pub use crate::model::untrusted::discard_foreign_allocations;
