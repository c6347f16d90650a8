//! The `feats` command: [`run`] takes arguments and returns an exit code.

mod args;
mod commands;
mod condition;
mod confirm;
mod context;
mod copy;
mod document;
mod exit;
mod failure;
mod location;
mod names;
mod output;
mod proposal;
#[doc(hidden)]
pub mod reading;
mod run;
mod secrets;
mod source;
mod values;
mod weights;
mod yaml;

pub use exit::Exit;
pub use run::run;
