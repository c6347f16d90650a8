//! The oldest Rust that each published crate promises: builds with exactly that version.

use std::fs;

use crate::cargo::cargo_of;
use crate::command::answers;
use crate::manifest::Manifest;
use crate::report::Verdict;
use crate::{lean, root};

/// The cargo features of feats whose dependencies need a newer Rust than feats itself. The command line turns them on.
const NEWER: &[&str] = &["sqlite", "postgres", "mysql"];

/// Checks the published crates with the versions of Rust that their manifests promise, and no tests: those need the newest.
///
/// `asked` says that the step was named on the command line; otherwise it is skipped where a version is not installed.
pub(crate) fn check(asked: bool) -> Verdict {
    let builds = match builds() {
        Ok(builds) => builds,
        Err(error) => return Verdict::Failed(error),
    };
    let missing = builds.iter().find(|build| !answers(&["rustup", "run", &build.rust, "cargo", "--version"]));
    match missing {
        Some(build) if asked => {
            let rust = &build.rust;
            Verdict::Failed(format!("install Rust {rust}: `rustup toolchain install {rust} --profile minimal`"))
        }
        Some(build) => Verdict::Skipped(format!("Rust {} is not installed", build.rust)),
        None => builds.iter().try_for_each(|build| cargo_of(&build.rust, &build.line)).into(),
    }
}

/// A command line of cargo, and the version of Rust that runs it.
#[derive(Debug, PartialEq)]
struct Build {
    rust: String,
    line: String,
}

fn builds() -> Result<Vec<Build>, String> {
    let read = |path: &str| fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"));
    let (workspace, feats, cli) = (read("Cargo.toml")?, read("feats/Cargo.toml")?, read("feats-cli/Cargo.toml")?);
    let promised = |manifest: &str, section| {
        let rust = Manifest::read(manifest).get(section, "rust-version").map(str::to_owned);
        rust.ok_or_else(|| format!("[{section}] has no `rust-version`"))
    };
    let features: Vec<_> =
        lean::features(&feats).into_iter().filter(|feature| !NEWER.contains(&feature.as_str())).collect();
    let (oldest, newer) = (promised(&workspace, "workspace.package")?, promised(&cli, "package")?);
    let lean = format!("check --locked --package feats --no-default-features --features {}", features.join(","));
    Ok(vec![
        Build { rust: oldest.clone(), line: lean },
        Build { rust: oldest, line: "check --locked --package feats-console".to_owned() },
        Build { rust: newer, line: "check --locked --package feats-cli".to_owned() },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_command_line_is_built_with_sql_stores() {
        let builds = builds().unwrap();
        assert!(
            builds[0].line.contains("redis") && NEWER.iter().all(|feature| !builds[0].line.contains(feature)),
            "{builds:?}"
        );
        assert!(builds[0].rust < builds[2].rust, "{builds:?}");
    }
}
