//! `cargo xtask fuzz`: arbitrary bytes for everything that reads what others wrote.
//!
//! libFuzzer finds more, since it sees which code an input reaches, but needs a nightly toolchain and `cargo-fuzz`. Without them the
//! same targets run under proptest, on mutations of the corpus.

use std::fs;
use std::path::PathBuf;

use crate::cargo::{Surroundings, cargo_of, cargo_with};
use crate::{needs, root};

/// How long each target runs, in seconds, unless the command line says otherwise.
const SECONDS: u32 = 600;

/// How long all targets together run in continuous integration, in seconds.
const CI_SECONDS: u32 = 60;

/// Where the corpus of each target is.
const CORPUS: &str = "tests/fuzz/corpus";

/// Fuzzes one target, or each, for a time.
///
/// # Errors
/// An input makes a target fail; libFuzzer leaves it in `target/fuzz`, and it belongs into the corpus.
pub(crate) fn run(target: Option<&str>, seconds: Option<u32>) -> Result<(), String> {
    let seconds = seconds.unwrap_or(SECONDS);
    let targets = targets()?;
    if let Some(unknown) = target.filter(|name| !targets.iter().any(|known| known == name)) {
        return Err(format!("there is no target `{unknown}`; the targets are {}", targets.join(", ")));
    }
    if !has_libfuzzer() {
        println!("cargo-fuzz or a nightly toolchain is not installed: the targets run under proptest");
        return under_proptest(target, seconds, Surroundings::Desk);
    }
    let selected = targets.iter().filter(|name| target.is_none_or(|target| target == *name));
    let failed: Vec<String> = selected.filter_map(|target| under_libfuzzer(target, seconds).err()).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n")) }
}

/// All targets under proptest, as long as continuous integration has for it.
///
/// # Errors
/// An input makes a target fail.
pub(crate) fn briefly(surroundings: Surroundings) -> Result<(), String> {
    let targets = u32::try_from(targets()?.len()).unwrap_or(u32::MAX).max(1);
    under_proptest(None, CI_SECONDS / targets, surroundings)
}

fn under_proptest(target: Option<&str>, seconds: u32, surroundings: Surroundings) -> Result<(), String> {
    let seconds = seconds.to_string();
    let mut environment = vec![("FEATS_FUZZ_SECONDS", seconds.as_str())];
    environment.extend(target.map(|target| ("FEATS_FUZZ_TARGET", target)));
    cargo_with("test --package feats-fuzz --test corpus -- --nocapture", surroundings, &environment)
}

/// New inputs go to `target/fuzz/corpus`; the committed corpus is read only.
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

/// The names of the targets: the folders of the corpus.
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
    needs::answers(&["rustup", "run", "nightly", "cargo", "fuzz", "--version"])
}
