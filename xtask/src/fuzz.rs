//! `cargo xtask fuzz`: arbitrary bytes for everything that parses untrusted input.
//!
//! libFuzzer finds more, because it observes which code an input reaches, but needs a nightly toolchain and `cargo-fuzz`. Without
//! them, the same targets run under proptest with mutations of the corpus.

use std::fs;
use std::path::PathBuf;

use crate::cargo::{Host, cargo_of, cargo_with};
use crate::command::answers;
use crate::root;

/// The default time of each target, in seconds.
const DEFAULT_SECONDS: u32 = 600;

/// The time of all targets together in continuous integration, in seconds.
const CI_SECONDS: u32 = 60;

/// The folder with the corpus of each target.
const CORPUS: &str = "tests/fuzz/corpus";

/// Fuzzes one target or all for a time.
///
/// # Errors
/// Fails if a target fails on an input. libFuzzer writes that input to `target/fuzz`; add it to the corpus.
pub(crate) fn run(target: Option<&str>, seconds: Option<u32>) -> Result<(), String> {
    let seconds = seconds.unwrap_or(DEFAULT_SECONDS);
    let targets = targets()?;
    if let Some(unknown) = target.filter(|name| !targets.iter().any(|known| known == name)) {
        return Err(format!("unknown target `{unknown}`; the targets are {}", targets.join(", ")));
    }
    if !has_libfuzzer() {
        println!("cargo-fuzz or a nightly toolchain is not installed: the targets run under proptest");
        return under_proptest(target, seconds, Host::Developer);
    }
    let selected = targets.iter().filter(|name| target.is_none_or(|target| target == *name));
    let failed: Vec<String> = selected.filter_map(|target| under_libfuzzer(target, seconds).err()).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// Runs all targets under proptest, for the time of continuous integration.
///
/// # Errors
/// Fails if a target fails on an input.
pub(crate) fn run_in_ci(host: Host) -> Result<(), String> {
    let targets = u32::try_from(targets()?.len()).unwrap_or(u32::MAX).max(1);
    under_proptest(None, CI_SECONDS / targets, host)
}

fn under_proptest(target: Option<&str>, seconds: u32, host: Host) -> Result<(), String> {
    let seconds = seconds.to_string();
    let mut environment = vec![("FEATS_FUZZ_SECONDS", seconds.as_str())];
    environment.extend(target.map(|target| ("FEATS_FUZZ_TARGET", target)));
    cargo_with("test --package feats-fuzz --test corpus -- --nocapture", host, &environment)
}

/// Runs a target under libFuzzer. New inputs go to `target/fuzz/corpus`; the committed corpus is not changed.
fn under_libfuzzer(target: &str, seconds: u32) -> Result<(), String> {
    let found = root().join("target/fuzz/corpus").join(target);
    fs::create_dir_all(&found).map_err(|error| format!("{}: {error}", found.display()))?;
    let line = format!(
        "fuzz run --fuzz-dir tests/fuzz/libfuzzer --target-dir target/fuzz --sanitizer none {target} {} {CORPUS}/{target} -- \
         -max_total_time={seconds} -max_len=65536 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1",
        found.display()
    );
    cargo_of("nightly", &line)
}

/// Returns the names of the targets, which are the folders of the corpus.
fn targets() -> Result<Vec<String>, String> {
    let folder = root().join(CORPUS);
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let folders: Vec<PathBuf> = fs::read_dir(&folder)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    let mut names: Vec<String> =
        folders.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    names.sort();
    Ok(names)
}

fn has_libfuzzer() -> bool {
    answers(&["rustup", "run", "nightly", "cargo", "fuzz", "--version"])
}
