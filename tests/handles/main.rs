//! Typed handles in running apps: scopes, segments, several inputs.

mod editing;
mod scopes;
mod segments;
mod shop;
mod when_enabled;
