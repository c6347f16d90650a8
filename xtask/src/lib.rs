//! `cargo xtask`, and the rules of the repository that `cargo test` checks.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the output of a command")]

mod arguments;
mod cargo;
mod command;
mod compile_time;
mod consul;
mod docs;
mod faults;
mod fuzz;
mod instructions;
mod lean;
mod manifest;
mod msrv;
mod needs;
mod peers;
mod python;
mod report;
mod root;
mod steps;
mod tests;
pub mod tidy;

use std::process::ExitCode;

use arguments::Command;
use report::Report;

pub use root::root;

/// Runs a command line without the program's name.
///
/// The exit code is 0 on success, 1 if a step failed, and 2 if the command line is invalid.
pub fn run(arguments: impl Iterator<Item = String>) -> ExitCode {
    let report = match Command::parse(arguments) {
        Ok(Command::Help) => {
            println!("{}", arguments::help());
            return ExitCode::SUCCESS;
        }
        Ok(Command::Setup) => Report::of_single_step("setup", || needs::setup(cargo::Host::Developer)),
        Ok(Command::Test(selection)) => steps::run(&selection, cargo::Host::Developer),
        Ok(Command::Ci(selection)) => steps::run(&selection, cargo::Host::Ci),
        Ok(Command::Bench(rest)) => Report::of_single_step("bench", || {
            cargo::bench(&rest)?;
            if rest.is_empty() { compile_time::measure() } else { Ok(()) }
        }),
        Ok(Command::Instructions(mode)) => Report::of_single_step("instructions", || instructions::run(mode)),
        Ok(Command::ByName) => Report::of_single_step("by name", peers::run),
        Ok(Command::Docs) => Report::of_single_step("docs", docs::run),
        Ok(Command::Faults(runs, test)) => Report::of_single_step("faults", || faults::run(runs, test.as_deref())),
        Ok(Command::Fuzz(target, seconds)) => Report::of_single_step("fuzz", || fuzz::run(target.as_deref(), seconds)),
        Err(mistake) => {
            eprintln!("{mistake}\n\n{}", arguments::help());
            return ExitCode::from(2);
        }
    };
    report.finish()
}
