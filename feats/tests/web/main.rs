//! Request scopes and overrides of browsers, as a site has them: behind axum, under load and under attack.

mod agreement;
mod attacks;
mod cookies;
mod fixture;
mod golden;
mod precedence;
mod secrets;
mod templates;
