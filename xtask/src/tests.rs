//! The tests of the workspace: those of the macros' mistakes run beside all others, because they wait for the compiler on one core.

use std::thread;

use crate::cargo::{Host, cargo, cargo_quietly};

/// All tests but those of `feats-macros`' mistakes.
const MOST: &str = "test --workspace --exclude xtask --all-features --no-fail-fast --lib --bins --examples \
                    --test [!u]* --test u[!i]*";

/// The tests of mistakes in declarations: each is a run of the compiler.
const MISTAKES: &str = "test --workspace --exclude xtask --all-features --no-fail-fast --test ui*";

/// Builds all tests, then runs them.
///
/// # Errors
/// Returns the first command that failed.
pub(crate) fn run(host: Host) -> Result<(), String> {
    for line in [MOST, MISTAKES] {
        cargo(&format!("{line} --no-run"), host)?;
    }
    thread::scope(|scope| {
        let mistakes = scope.spawn(|| cargo_quietly(MISTAKES, host));
        let most = cargo(MOST, host);
        let (output, mistakes) =
            mistakes.join().unwrap_or_else(|_| (String::new(), Err("the tests of mistakes panicked".to_owned())));
        println!("$ cargo {MISTAKES}\n{output}");
        most.and(mistakes)
    })
}
