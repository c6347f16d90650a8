//! Web requests: a scope for each request, overrides for one browser, and features and flags in templates.
//!
//! A [`ScopeLayer`] starts a scope for each request of a service, and handlers get it with the extractor [`RequestScope`].
//! [`Overrides`] are choices for one browser, in a signed cookie. With the cargo feature `minijinja`, `minijinja::register` makes
//! features and flags available in templates.
//!
//! The examples use axum. The layer is a tower layer, and works with every server that supports tower.

mod by_name;
mod layer;
#[cfg(feature = "minijinja")]
pub mod minijinja;
mod overrides;
mod request;

pub use layer::{RequestFuture, ScopeLayer, ScopeService};
pub use overrides::{ActiveOverride, Key, Overrides, RejectedOverrides};
pub use request::RequestScope;
