//! Fuzz targets: arbitrary bytes for everything in feats that reads what others wrote.
//!
//! A target is a plain function from bytes to nothing that must not panic, hang or use much memory, whatever the bytes are. Two
//! drivers call it: libFuzzer, where a nightly toolchain and `cargo-fuzz` are installed (`libfuzzer/`, a workspace of its own), and a
//! test that replays the corpus and mutates it with proptest (`tests/corpus.rs`). `cargo xtask fuzz` picks the one that is there.

mod arguments;
mod condition;
mod cookie;
mod entry;
mod form;
mod redis;
mod state;
mod world;

/// One input format, and the function that reads it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name: that of its folder in `corpus/` and of its binary for libFuzzer.
    pub name: &'static str,
    /// The input.
    pub about: &'static str,
    /// Reads one input. It panics if a law of its format does not hold.
    pub run: fn(&[u8]),
}

/// Every target, by name.
pub const TARGETS: &[Target] = &[
    Target { name: "arguments", about: "command lines", run: arguments::run },
    Target { name: "condition", about: "conditions as JSON and in the words of the command line", run: condition::run },
    Target { name: "cookie", about: "the cookie of browser overrides, raw and signed", run: cookie::run },
    Target { name: "entry", about: "revisions as stores keep them, and as they arrive in an app", run: entry::run },
    Target { name: "form", about: "forms and queries that a browser sends to the console", run: form::run },
    Target { name: "redis", about: "what a Redis has for revisions, and its addresses", run: redis::run },
    Target { name: "state", about: "states as JSON: compile, evaluate, explain", run: state::run },
];

/// Runs one target on one input.
///
/// # Panics
/// The input breaks what is promised of every input, or there is no such target.
pub fn run(target: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|known| known.name == target).expect("a target of this name");
    (target.run)(bytes);
}
