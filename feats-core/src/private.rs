//! Internals for the `feats` crate. They are not public API, and any release may change them.

pub use crate::bucketing::AllocationPlanner;
pub use crate::compile::compile_planned;
pub use crate::compile::route::experiment::Experiment;
pub use crate::error::problem::closest;
pub use crate::error::problems::{MAX_PROBLEMS, grouped};
pub use crate::evaluate::{AssignmentObserver, PriorAssignment, evaluate_with_observer};
pub use crate::explain::trace_with_observer;
pub use crate::model::join;
pub use crate::model::stored::{experiment_key, shorten};
pub use crate::model::time::{duration_millis, duration_text};
pub use crate::model::unknown_fields::unknown_fields;
pub use crate::model::untrusted::{discard_foreign_allocations, keep_creation};

/// JSON as Python writes it.
pub mod python_json {
    pub use crate::text::python_json::{write_float, write_text};
}
