//! The work around the code: what `cargo xtask` does, and the checks of the house that `cargo test` runs.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command; its output is its purpose")]

mod arguments;
mod cargo;
mod compile_time;
mod docs;
mod faults;
mod fuzz;
mod instructions;
mod lean;
mod manifest;
mod msrv;
mod needs;
mod report;
mod root;
mod steps;
pub mod tidy;

use std::process::ExitCode;

use arguments::Command;
use report::Report;

pub use root::root;

/// Runs a command line without the program's name.
///
/// The exit code is 0 if all went well, 1 if a step failed, and 2 if the command line was not understood.
pub fn run(arguments: impl Iterator<Item = String>) -> ExitCode {
    let report = match Command::parse(arguments) {
        Ok(Command::Help) => {
            println!("{}", arguments::help());
            return ExitCode::SUCCESS;
        }
        Ok(Command::Setup) => Report::of_one("setup", needs::setup),
        Ok(Command::Test(selection)) => steps::run(&selection, cargo::Surroundings::Desk),
        Ok(Command::Ci(selection)) => steps::run(&selection, cargo::Surroundings::Ci),
        Ok(Command::Bench(rest)) => Report::of_one("bench", || {
            cargo::bench(&rest)?;
            if rest.is_empty() { compile_time::measure() } else { Ok(()) }
        }),
        Ok(Command::Instructions(mode)) => Report::of_one("instructions", || instructions::run(mode)),
        Ok(Command::Docs) => Report::of_one("docs", docs::run),
        Ok(Command::Faults(runs)) => Report::of_one("faults", || faults::run(runs)),
        Ok(Command::Fuzz(target, seconds)) => Report::of_one("fuzz", || fuzz::run(target.as_deref(), seconds)),
        Err(mistake) => {
            eprintln!("{mistake}\n\n{}", arguments::help());
            return ExitCode::from(2);
        }
    };
    report.conclude()
}
