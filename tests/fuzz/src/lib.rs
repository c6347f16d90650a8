//! Fuzz targets: arbitrary bytes for everything in feats that parses untrusted input.
//!
//! A target is a plain function of bytes that must not panic, hang or use much memory for any input. It has two drivers:
//! libFuzzer, if a nightly toolchain and `cargo-fuzz` are installed (`libfuzzer/`, a separate workspace), and a test that replays
//! the corpus and mutates it with proptest (`tests/corpus.rs`). `cargo xtask fuzz` uses the one that is available.

mod arguments;
mod condition;
mod cookie;
mod entry;
mod foreign;
mod form;
mod redis;
mod state;
mod world;

/// An input format, and the function that parses it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of the target, its folder in `corpus/` and its libFuzzer binary.
    pub name: &'static str,
    /// A description of the input.
    pub about: &'static str,
    /// Runs one input. Panics if a property of the format does not hold.
    pub run: fn(&[u8]),
}

/// All targets, by name.
pub const TARGETS: &[Target] = &[
    Target { name: "arguments", about: "command lines", run: arguments::run },
    Target {
        name: "condition",
        about: "conditions as JSON and in the syntax of the command line",
        run: condition::run,
    },
    Target { name: "cookie", about: "the cookie of browser overrides, raw and signed", run: cookie::run },
    Target { name: "entry", about: "stored revisions, and their effect in an app", run: entry::run },
    Target { name: "foreign", about: "flags of Flipper and Flypper as JSON, and their import", run: foreign::run },
    Target { name: "form", about: "forms and queries that a browser sends to the console", run: form::run },
    Target { name: "redis", about: "revisions in Redis, and Redis URLs", run: redis::run },
    Target { name: "state", about: "states as JSON: compile, evaluate, explain", run: state::run },
];

/// Runs one target on one input.
///
/// # Panics
/// Panics if the input violates a property, or if the target does not exist.
pub fn run(target: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|known| known.name == target).expect("a target of this name");
    (target.run)(bytes);
}
