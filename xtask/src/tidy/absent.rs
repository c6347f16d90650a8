//! What is absent on purpose: names that may not appear in a room, and guests that may appear in one place alone.

use std::collections::BTreeSet;

use super::imports::{Import, imports};
use super::source::Source;
use super::{Problem, Tree};

/// Ways out of the program, and into its log.
const OUTSIDE: &[&str] =
    &["std::env", "std::fs", "std::net", "std::process", "std::thread", "async_trait", "tokio", "tracing"];

/// A place, what may not be named there, and why.
const ABSENT: &[(&str, &[&str], &str)] = &[
    ("feats-core/src/", OUTSIDE, "the core does no I/O and does not log"),
    (
        "feats-core/src/",
        &["async", "await", "fastrand", "Future", "Instant", "Mutex", "RwLock", "SystemTime::now", "thread_local"],
        "the core is made of plain functions: time and draws are arguments, and nothing waits",
    ),
    ("feats-cli/", &["__private"], "the command uses the public API alone"),
    ("feats-console/", &["__private", "feats_core"], "the console uses the public API of feats alone"),
    ("examples/", &["__private"], "an example uses the public API alone"),
];

const CRATE: &str = "feats/src/";

/// A crate, and the only place in `feats` that may name it.
const GUESTS: &[(&str, &str)] = &[
    ("axum_core", "feats/src/web"),
    ("base64", "feats/src/web"),
    ("getrandom", "feats/src/web/overrides"),
    ("hmac", "feats/src/web/overrides"),
    ("http", "feats/src/web"),
    ("minijinja", "feats/src/web"),
    ("percent_encoding", "feats/src/store/redis"),
    ("redis", "feats/src/store/redis"),
    ("rustls", "feats/src/store/redis"),
    ("sqlx", "feats/src/store/sql"),
    ("tower_layer", "feats/src/web"),
    ("tower_service", "feats/src/web"),
];

/// Nothing that is absent on purpose is there.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in tree.rust("") {
        let imports = imports(&source);
        let named = |name: &'static str| named(&source, &imports, name);
        for (_, names, why) in ABSENT.iter().filter(|(place, ..)| path.starts_with(place)) {
            for name in *names {
                let message = format!("`{name}` has no place here: {why}");
                problems.extend(named(name).into_iter().map(|line| Problem::new(path, line, message.clone())));
            }
        }
        for (guest, home) in GUESTS.iter().filter(|(_, home)| path.starts_with(CRATE) && !path.starts_with(home)) {
            // A home that has the name of its guest is itself named by the room around it.
            if home.strip_suffix(guest).is_some_and(|room| path.strip_prefix(room) == Some("mod.rs")) {
                continue;
            }
            let message = format!("`{guest}` may be named in {home} alone");
            problems.extend(named(guest).into_iter().map(|line| Problem::new(path, line, message.clone())));
        }
    }
    problems
}

/// The lines that name something, by its path or within the group of a `use`.
fn named(source: &Source<'_>, imports: &[Import], name: &str) -> Vec<usize> {
    let starts_so = |parts: &[String]| name.split("::").eq(parts.iter().take(name.split("::").count()));
    let imports = imports.iter().filter(|import| starts_so(&import.path)).map(|import| import.line);
    imports.chain(source.find_path(name)).collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    #[test]
    fn the_core_has_no_clock_and_no_files() {
        assert_eq!(
            said(check, [("feats-core/src/a.rs", "use std::{fmt, fs::File};\nfn f() { SystemTime::now() }")]),
            [
                "feats-core/src/a.rs:1: `std::fs` has no place here: the core does no I/O and does not log",
                "feats-core/src/a.rs:2: `SystemTime::now` has no place here: the core is made of plain functions: time and \
                 draws are arguments, and nothing waits",
            ]
        );
        assert!(said(check, [("feats/src/app/a.rs", "use std::fs;\nfn f() { SystemTime::now() }")]).is_empty());
    }

    #[test]
    fn programs_use_the_public_api_alone() {
        assert!(said(check, [("feats-cli/src/pin.rs", "use feats::App;")]).is_empty());
        assert_eq!(
            said(check, [("feats-cli/src/pin.rs", "use feats::{App,\n__private::Slot};")]),
            ["feats-cli/src/pin.rs:2: `__private` has no place here: the command uses the public API alone"]
        );
        assert_eq!(
            said(check, [("feats-console/src/pages/root.rs", "use feats_core::State;")]),
            [
                "feats-console/src/pages/root.rs:1: `feats_core` has no place here: the console uses the public API of feats alone"
            ]
        );
    }

    #[test]
    fn a_driver_stays_within_its_store() {
        assert!(said(check, [("feats/src/store/sql/pool.rs", "use sqlx::Pool;")]).is_empty());
        assert_eq!(
            said(check, [("feats/src/error.rs", "impl From<sqlx::Error> for Error {}")]),
            ["feats/src/error.rs:1: `sqlx` may be named in feats/src/store/sql alone"]
        );
        assert!(said(check, [("feats/src/store/mod.rs", "mod redis;\npub use redis::Redis;")]).is_empty());
        assert_eq!(said(check, [("feats/src/store/memory.rs", "use redis::Client;")]).len(), 1);
    }
}
