//! The `feats` command.

mod args;
mod commands;
mod condition;
mod context;
mod document;
mod exit;
mod failure;
mod location;
mod names;
mod output;
mod proposal;
mod run;
mod secrets;
mod values;
mod weights;
mod yaml;

use std::process::ExitCode;

fn main() -> ExitCode {
    run::run(std::env::args_os()).into()
}
