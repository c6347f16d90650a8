//! What is absent on purpose: names that may not appear in a room, and guests that may appear in one place alone.

use super::{Problem, Tree};

/// A place, what may not be named there, and why.
const ABSENT: &[(&str, &[&str], &str)] = &[
    (
        "feats/src/model/",
        &["std::env", "std::fs", "std::net", "std::process", "std::thread", "async_trait", "tokio", "tracing"],
        "the model is pure data",
    ),
    (
        "feats/src/engine/",
        &["std::env", "std::fs", "std::net", "std::process", "std::thread", "async_trait", "tokio", "tracing"],
        "the engine does no I/O and does not log",
    ),
    (
        "feats/src/engine/",
        &["async", "await", "fastrand", "Instant", "Mutex", "RwLock", "SystemTime", "Timestamp::now"],
        "evaluation is a plain function: time and draws are given to it, and it never waits",
    ),
];

/// A crate, and the only place in `feats` that may name it.
const GUESTS: &[(&str, &str)] = &[("sqlx", "feats/src/store/sql")];

/// Nothing that is absent on purpose is there.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in tree.rust("feats/src/") {
        for (_, names, why) in ABSENT.iter().filter(|(place, ..)| path.starts_with(place)) {
            for name in *names {
                let lines = source.find_path(name).into_iter();
                problems
                    .extend(lines.map(|line| Problem::new(path, line, format!("`{name}` has no place here: {why}"))));
            }
        }
        for (guest, home) in GUESTS.iter().filter(|(_, home)| !path.starts_with(home)) {
            let lines = source.find_path(guest).into_iter();
            let message = format!("`{guest}` may be named in {home} alone");
            problems.extend(lines.map(|line| Problem::new(path, line, message.clone())));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    #[test]
    fn the_engine_has_no_clock_and_no_files() {
        assert_eq!(
            said(check, [("feats/src/engine/a.rs", "use std::fs;\nfn f() { Timestamp::now() }")]),
            [
                "feats/src/engine/a.rs:1: `std::fs` has no place here: the engine does no I/O and does not log",
                "feats/src/engine/a.rs:2: `Timestamp::now` has no place here: evaluation is a plain function: time and \
                 draws are given to it, and it never waits",
            ]
        );
        assert!(said(check, [("feats/src/app/a.rs", "use std::fs;\nfn f() { Timestamp::now() }")]).is_empty());
    }

    #[test]
    fn a_driver_stays_within_its_store() {
        assert!(said(check, [("feats/src/store/sql/pool.rs", "use sqlx::Pool;")]).is_empty());
        assert_eq!(
            said(check, [("feats/src/error.rs", "impl From<sqlx::Error> for Error {}")]),
            ["feats/src/error.rs:1: `sqlx` may be named in feats/src/store/sql alone"]
        );
    }
}
