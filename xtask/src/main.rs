//! `cargo xtask`: what developers and continuous integration run.

use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::run(std::env::args().skip(1))
}
