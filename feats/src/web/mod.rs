//! Requests: one snapshot for each, who makes it, and what this one browser is shown.

mod overrides;

pub use overrides::{ActiveOverride, Ignored, Key, Overrides};
