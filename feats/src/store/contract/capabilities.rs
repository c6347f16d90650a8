//! Capabilities: every handle on a store hands out the same ones, and a name and an epoch tell whose they are.

use super::case::{Case, case};
use super::material::{TestPlace, Verdict, ensure};
use crate::error::Result;
use crate::store::Store;

pub(super) const CASES: &[Case] = &[case!(
    capabilities,
    "all handles hand out the same capabilities, and one of the store's name has the store's epoch"
)];

async fn capabilities(place: TestPlace) -> Verdict {
    let (store, other) = (place.open(), place.open());
    let named = named(&*store);
    for store in [&store, &store, &other] {
        let again = self::named(&**store);
        ensure!(again == named, "the capabilities were {named:?} and {again:?}");
    }
    let epoch = store.epoch().await?;
    for (capability, name) in named {
        let (first, second) = (epoch_of(&*store, capability).await?, epoch_of(&*other, capability).await?);
        ensure!(first == second, "handles disagreed about the epoch of {capability}: {first:?} and {second:?}");
        let is_own = name == store.name();
        ensure!(
            !is_own || first.as_ref() == Some(&epoch),
            "{capability} of the epoch {first:?} are in a store of the epoch {epoch:?}"
        );
    }
    Ok(())
}

/// The capabilities that a handle hands out, each with its name.
fn named(store: &dyn Store) -> Vec<(&'static str, String)> {
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
