//! The compile time of a feature: crates without features and with a hundred features are checked in turn.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::root;

const FEATURES: u32 = 100;
const ROUNDS: usize = 5;

/// Measures the time and prints it.
///
/// # Errors
/// Fails if a crate cannot be written or does not compile.
pub(crate) fn measure() -> Result<(), String> {
    let folder = root().join("target").join("compile-time");
    let (without, with) = (folder.join("without"), folder.join("with"));
    write_crate(&without, 0).and_then(|()| write_crate(&with, FEATURES)).map_err(|error| error.to_string())?;
    check(&without)?;
    check(&with)?;
    let (without, with) = (fastest(&without)?, fastest(&with)?);
    let each = with.saturating_sub(without) / FEATURES;
    println!(
        "a feature of three implementations: {:.1} ms of `cargo check` (aim 10 ms; {FEATURES} take {:.0} ms, none {:.0} ms)",
        each.as_secs_f64() * 1e3,
        with.as_secs_f64() * 1e3,
        without.as_secs_f64() * 1e3,
    );
    Ok(())
}

fn fastest(folder: &Path) -> Result<Duration, String> {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        best = best.min(check(folder)?);
    }
    Ok(best)
}

fn write_crate(folder: &Path, features: u32) -> std::io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    let feats = root().join("feats");
    let manifest = format!(
        "[package]\nname = \"features-{features}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         feats = {{ path = {feats:?}, default-features = false }}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut source = "//! Features by the dozen.\npub struct User { pub id: u64 }\n".to_owned();
    for at in 0..features {
        let _ = write!(
            source,
            "/// A feature.\n#[feats::feature]\npub trait Feature{at} {{\n    /// One.\n    #[default]\n    \
             fn one(user: &User) -> u64 {{ user.id }}\n    /// Two.\n    fn two(user: &User) -> u64 {{ user.id + 1 }}\n    \
             /// Three.\n    fn three(user: &User) -> u64 {{ user.id + 2 }}\n}}\n"
        );
    }
    fs::write(folder.join("src").join("lib.rs"), source)
}

/// Checks the crate as after an edit. Its dependencies have been checked before.
fn check(folder: &Path) -> Result<Duration, String> {
    let source = folder.join("src").join("lib.rs");
    let text = fs::read_to_string(&source).map_err(|error| error.to_string())?;
    fs::write(&source, text).map_err(|error| error.to_string())?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.args(["check", "--quiet"]).current_dir(folder).stdin(Stdio::null());
    command.env("CARGO_TARGET_DIR", root().join("target").join("compile-time").join("target"));
    let begun = Instant::now();
    let status = command.status().map_err(|error| error.to_string())?;
    let time = begun.elapsed();
    if status.success() { Ok(time) } else { Err(format!("{} does not compile", folder.display())) }
}
