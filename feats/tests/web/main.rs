//! Request scopes and browser overrides of a site: with axum, under load and under attack.

mod agreement;
mod attacks;
mod cookies;
mod fixture;
mod flags;
mod golden;
mod precedence;
mod secrets;
mod templates;
