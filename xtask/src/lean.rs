//! Lean builds: feats without its default cargo features, and with each of them alone; the console with what it asks for.

use std::fs;

use crate::cargo::{Surroundings, cargo};
use crate::manifest::Manifest;
use crate::root;

/// Tests feats without cargo features, then checks it with each one alone, and the console.
///
/// # Errors
/// The first command that failed.
pub(crate) fn check(surroundings: Surroundings) -> Result<(), String> {
    let manifest = fs::read_to_string(root().join("feats/Cargo.toml")).map_err(|error| error.to_string())?;
    cargo("test --package feats --no-default-features --lib --tests", surroundings)?;
    cargo("clippy --package feats --no-default-features -- -D warnings", surroundings)?;
    for feature in features(&manifest) {
        let line = format!("clippy --package feats --no-default-features --features {feature} -- -D warnings");
        cargo(&line, surroundings)?;
    }
    cargo("clippy --package feats-console -- -D warnings", surroundings)
}

/// The cargo features that a manifest declares, but for `default`.
pub(crate) fn features(manifest: &str) -> Vec<String> {
    let manifest = Manifest::read(manifest);
    manifest.section("features").map(|entry| entry.key.clone()).filter(|feature| feature != "default").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cargo_feature_is_built_alone() {
        let manifest = "[features]\ndefault = [\"a\"]\n## Doc.\na = [\"dep:x\"]\nb = []\n\n[dependencies]\nx = \"1\"\n";
        assert_eq!(features(manifest), ["a", "b"]);
    }
}
