//! Restricted names: names that a folder may not use, and dependencies that only one module may use.

use std::collections::BTreeSet;

use super::imports::{Import, imports};
use super::source::Source;
use super::{Problem, Tree};

/// Names for I/O and logging.
const IO_AND_LOGGING: &[&str] =
    &["std::env", "std::fs", "std::net", "std::process", "std::thread", "async_trait", "tokio", "tracing"];

/// Folders, the names that they may not use, and the reasons.
const FORBIDDEN_NAMES: &[(&str, &[&str], &str)] = &[
    ("feats-core/src/", IO_AND_LOGGING, "the core does no I/O and does not log"),
    (
        "feats-core/src/",
        &["async", "await", "fastrand", "Future", "Instant", "Mutex", "RwLock", "SystemTime::now", "thread_local"],
        "the core has only plain functions: time and random draws are arguments, and nothing waits",
    ),
    ("feats-cli/", &["__private"], "the command uses only the public API"),
    ("feats-console/", &["__private", "feats_core"], "the console uses only the public API of feats"),
    ("examples/", &["__private"], "an example uses only the public API"),
];

const CRATE: &str = "feats/src/";

/// Restricted dependencies, and the only modules of `feats` that may use each.
const RESTRICTED_DEPENDENCIES: &[(&str, &[&str])] = &[
    ("axum_core", &["feats/src/web"]),
    ("base64", &["feats/src/store/consul", "feats/src/web"]),
    ("getrandom", &["feats/src/web/overrides"]),
    ("hmac", &["feats/src/web/overrides"]),
    ("http", &["feats/src/web"]),
    ("minijinja", &["feats/src/web"]),
    ("object_store", &["feats/src/store/s3"]),
    ("percent_encoding", &["feats/src/store/consul", "feats/src/store/redis", "feats/src/url"]),
    ("redis", &["feats/src/store/redis"]),
    ("reqwest", &["feats/src/store"]),
    (
        "rustls",
        &["feats/src/flags/thrift", "feats/src/store/redis/tls.rs", "feats/src/store/s3/client.rs", "feats/src/tls"],
    ),
    ("rustls_native_certs", &["feats/src/tls"]),
    ("sqlx", &["feats/src/store/sql"]),
    ("thrift", &["feats/src/flags/thrift"]),
    ("tower_layer", &["feats/src/web"]),
    ("tower_service", &["feats/src/web"]),
];

/// Checks that no file uses a restricted name.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in tree.rust("") {
        let imports = imports(&source);
        let named = |name: &'static str| named(&source, &imports, name);
        for (_, names, why) in FORBIDDEN_NAMES.iter().filter(|(place, ..)| path.starts_with(place)) {
            for name in *names {
                let message = format!("`{name}` may not be used here: {why}");
                problems.extend(named(name).into_iter().map(|line| Problem::new(path, line, message.clone())));
            }
        }
        for (dependency, modules) in RESTRICTED_DEPENDENCIES.iter().filter(|_| path.starts_with(CRATE)) {
            // A module with the name of the dependency is declared in the `mod.rs` of its parent.
            let declares = |module: &&str| {
                module.strip_suffix(dependency).is_some_and(|parent| path.strip_prefix(parent) == Some("mod.rs"))
            };
            if modules.iter().any(|module| path.starts_with(module) || declares(module)) {
                continue;
            }
            let message = format!("`{dependency}` may be used only in {}", modules.join(" and "));
            problems.extend(named(dependency).into_iter().map(|line| Problem::new(path, line, message.clone())));
        }
    }
    problems
}

/// Returns the lines that use a name, by its path or within the group of a `use`.
fn named(source: &Source<'_>, imports: &[Import], name: &str) -> Vec<usize> {
    let starts_so = |parts: &[String]| name.split("::").eq(parts.iter().take(name.split("::").count()));
    let imports = imports.iter().filter(|import| starts_so(&import.path)).map(|import| import.line);
    imports.chain(source.find_path(name)).collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    #[test]
    fn the_core_has_no_clock_and_no_files() {
        assert_eq!(
            check_files(check, [("feats-core/src/a.rs", "use std::{fmt, fs::File};\nfn f() { SystemTime::now() }")]),
            [
                "feats-core/src/a.rs:1: `std::fs` may not be used here: the core does no I/O and does not log",
                "feats-core/src/a.rs:2: `SystemTime::now` may not be used here: the core has only plain functions: time and \
                 random draws are arguments, and nothing waits",
            ]
        );
        assert!(check_files(check, [("feats/src/app/a.rs", "use std::fs;\nfn f() { SystemTime::now() }")]).is_empty());
    }

    #[test]
    fn programs_use_only_the_public_api() {
        assert!(check_files(check, [("feats-cli/src/pin.rs", "use feats::App;")]).is_empty());
        assert_eq!(
            check_files(check, [("feats-cli/src/pin.rs", "use feats::{App,\n__private::Slot};")]),
            ["feats-cli/src/pin.rs:2: `__private` may not be used here: the command uses only the public API"]
        );
        assert_eq!(
            check_files(check, [("feats-console/src/pages/root.rs", "use feats_core::State;")]),
            [
                "feats-console/src/pages/root.rs:1: `feats_core` may not be used here: the console uses only the public API of feats"
            ]
        );
    }

    #[test]
    fn a_driver_is_used_only_in_its_store() {
        assert!(check_files(check, [("feats/src/store/sql/pool.rs", "use sqlx::Pool;")]).is_empty());
        assert_eq!(
            check_files(check, [("feats/src/error.rs", "impl From<sqlx::Error> for Error {}")]),
            ["feats/src/error.rs:1: `sqlx` may be used only in feats/src/store/sql"]
        );
        assert!(check_files(check, [("feats/src/store/mod.rs", "mod redis;\npub use redis::Redis;")]).is_empty());
        assert_eq!(check_files(check, [("feats/src/store/memory.rs", "use redis::Client;")]).len(), 1);
    }
}
