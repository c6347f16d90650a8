//! Requests: one snapshot for each, who makes it, and what this one browser is shown.
//!
//! A [`ScopeLayer`] goes around a service; what it began is taken with the extractor [`Feats`]. [`Overrides`] are choices for
//! one browser, in a signed cookie. With the cargo feature `minijinja`, `minijinja::register` gives features to templates.
//!
//! Axum is what the examples use; the layer is one of tower's and fits every server that speaks it.

mod by_name;
mod layer;
#[cfg(feature = "minijinja")]
pub mod minijinja;
mod overrides;
mod request;

pub use layer::{RequestFuture, ScopeLayer, ScopeService};
pub use overrides::{ActiveOverride, Key, Overrides, RejectedOverrides};
pub use request::RequestScope;
