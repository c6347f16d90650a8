//! The capabilities of a store inside another store.

use super::{Assignments, Counters, Records, Store};
use crate::error::{Error, ErrorKind, Result};

/// Returns the records of a store that is wrapped.
///
/// # Errors
/// [`ErrorKind::Unsupported`] if it has none.
pub(super) fn records(store: &dyn Store) -> Result<&dyn Records> {
    store.records().ok_or_else(|| unsupported(store, "records"))
}

/// Returns the counters of a store that is wrapped.
///
/// # Errors
/// [`ErrorKind::Unsupported`] if it has none.
pub(super) fn counters(store: &dyn Store) -> Result<&dyn Counters> {
    store.counters().ok_or_else(|| unsupported(store, "counters"))
}

/// Returns the assignments of a store that is wrapped.
///
/// # Errors
/// [`ErrorKind::Unsupported`] if it has none.
pub(super) fn assignments(store: &dyn Store) -> Result<&dyn Assignments> {
    store.assignments().ok_or_else(|| unsupported(store, "assignments"))
}

fn unsupported(store: &dyn Store, capability: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("the store does not support {capability}")).with_store(store.name())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// Returns the names of the functions between two lines of a source file.
    fn functions<'a>(source: &'a str, from: &str, to: &str) -> BTreeSet<&'a str> {
        let part = source.split_once(from).and_then(|(_, rest)| rest.split_once(to)).expect("both lines").0;
        let names = part.lines().filter_map(|line| line.trim().trim_start_matches("async ").strip_prefix("fn "));
        names.filter_map(|line| line.split(['(', '<']).next()).collect()
    }

    /// Checks that a source file implements every method of a trait, including those with a default.
    fn check(name: &str, definition: &str, source: &str, implementor: &str) {
        let methods = functions(definition, &format!("pub trait {name}"), "\n}");
        let forwarded = functions(source, &format!("{name} for {implementor}"), "\n}");
        assert!(methods.len() >= 4, "{name}: {methods:?}");
        assert_eq!(methods.difference(&forwarded).collect::<Vec<_>>(), [&""; 0], "{name} for {implementor}");
    }

    #[test]
    fn every_method_of_a_store_and_its_capabilities_is_forwarded() {
        const STORE: &str = include_str!("mod.rs");
        const RECORDS: &str = include_str!("records.rs");
        const COUNTERS: &str = include_str!("counters.rs");
        const ASSIGNMENTS: &str = include_str!("assignments.rs");
        const GUARDED: &str = include_str!("../sync/guarded.rs");
        check("Store", STORE, include_str!("shared.rs"), "Arc<S>");
        for (implementor, store, capabilities) in [
            ("GuardedStore", GUARDED, GUARDED),
            ("ReadOnly", include_str!("read_only/mod.rs"), include_str!("read_only/capabilities.rs")),
            ("Recording", include_str!("recording/mod.rs"), include_str!("recording/capabilities.rs")),
        ] {
            check("Store", STORE, store, implementor);
            check("Records", RECORDS, capabilities, implementor);
            check("Counters", COUNTERS, capabilities, implementor);
            check("Assignments", ASSIGNMENTS, capabilities, implementor);
        }
        for (implementor, store, assignments) in [
            ("Cached", include_str!("cached/mod.rs"), include_str!("cached/assignments.rs")),
            ("Replicated", include_str!("replicated/mod.rs"), include_str!("replicated/assignments.rs")),
        ] {
            check("Store", STORE, store, implementor);
            check("Assignments", ASSIGNMENTS, assignments, implementor);
        }
    }
}
