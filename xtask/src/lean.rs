//! Minimal builds: feats without its default cargo features and with each of them alone, and the console.

use std::fs;

use crate::cargo::{Host, cargo};
use crate::manifest::Manifest;
use crate::root;

/// Tests feats without cargo features, then checks it with each one alone, and the console.
///
/// # Errors
/// Returns the first command that failed.
pub(crate) fn check(host: Host) -> Result<(), String> {
    let manifest = fs::read_to_string(root().join("feats/Cargo.toml")).map_err(|error| error.to_string())?;
    cargo("test --package feats --no-default-features --lib --tests", host)?;
    cargo("clippy --package feats --no-default-features -- -D warnings", host)?;
    for feature in features(&manifest) {
        let line = format!("clippy --package feats --no-default-features --features {feature} -- -D warnings");
        cargo(&line, host)?;
    }
    cargo("clippy --package feats-console -- -D warnings", host)
}

/// Returns the cargo features of a manifest, except `default`.
pub(crate) fn features(manifest: &str) -> Vec<String> {
    let manifest = Manifest::read(manifest);
    manifest.section("features").map(|entry| entry.key.clone()).filter(|feature| feature != "default").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cargo_feature_is_found() {
        let manifest = "[features]\ndefault = [\"a\"]\n## Doc.\na = [\"dep:x\"]\nb = []\n\n[dependencies]\nx = \"1\"\n";
        assert_eq!(features(manifest), ["a", "b"]);
    }
}
