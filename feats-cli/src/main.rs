//! The `feats` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    feats_cli::run(std::env::args_os()).into()
}
