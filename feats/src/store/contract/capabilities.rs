//! Cases about capabilities: every handle on a store provides the same ones, with the right name and epoch.

use super::case::{Case, case};
use super::fixture::{CheckResult, TestPlace, ensure};
use crate::error::Result;
use crate::store::Store;

pub(super) const CASES: &[Case] = &[case!(
    capabilities,
    "all handles provide the same capabilities, and a capability with the store's name has the store's epoch"
)];

async fn capabilities(place: TestPlace) -> CheckResult {
    let (store, other) = (place.open(), place.open());
    let capabilities = names(&*store);
    for store in [&store, &store, &other] {
        let again = names(&**store);
        ensure!(again == capabilities, "the capabilities are {capabilities:?} and {again:?}");
    }
    let epoch = store.epoch().await?;
    for (capability, name) in capabilities {
        let (first, second) = (epoch_of(&*store, capability).await?, epoch_of(&*other, capability).await?);
        ensure!(first == second, "handles disagree on the epoch of {capability}: {first:?} and {second:?}");
        let is_own = name == store.name();
        ensure!(
            !is_own || first.as_ref() == Some(&epoch),
            "{capability} have the epoch {first:?}, but the store has {epoch:?}"
        );
    }
    Ok(())
}

/// Returns the capabilities of a handle, each with its name.
fn names(store: &dyn Store) -> Vec<(&'static str, String)> {
    let records = store.records().map(|records| ("records", records.name()));
    let counters = store.counters().map(|counters| ("counters", counters.name()));
    let assignments = store.assignments().map(|assignments| ("assignments", assignments.name()));
    [records, counters, assignments].into_iter().flatten().collect()
}

async fn epoch_of(store: &dyn Store, capability: &str) -> Result<Option<String>> {
    Ok(match (capability, store.records(), store.counters(), store.assignments()) {
        ("records", Some(records), _, _) => Some(records.epoch().await?),
        ("counters", _, Some(counters), _) => Some(counters.epoch().await?),
        ("assignments", _, _, Some(assignments)) => Some(assignments.epoch().await?),
        _ => None,
    })
}
