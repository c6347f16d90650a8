//! An app with one store for its states and another one for its assignments, through an outage of each.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use feats::store::{Memory, Store, StoreConnection};
use feats::{App, ErrorKind};

use crate::capabilities::{LongerPreview, publish};
use crate::observed::Observed;

struct Stores {
    states: Observed,
    units: Observed,
    counts: Memory,
}

impl Stores {
    fn new() -> Self {
        Self { states: Observed::named("states"), units: Observed::named("units"), counts: Memory::new() }
    }

    async fn start(&self) -> App {
        let app = App::builder().store(self.states.clone()).assignments(self.units.clone());
        app.counters(self.counts.clone()).detached().start().await.unwrap()
    }

    /// Returns the units that are assigned to `enabled`, and the number of all assigned units.
    async fn assigned(&self) -> (BTreeMap<u64, bool>, usize) {
        let memory = self.units.memory();
        let entries = memory.assignments().unwrap().scan(None, 10_000).await.unwrap().entries;
        let units = entries.iter().map(|entry| (entry.unit.parse().unwrap(), entry.choice == "enabled"));
        (units.collect(), entries.len())
    }
}

async fn use_units(app: &App, units: Range<u64>) -> BTreeMap<u64, bool> {
    let mut used = BTreeMap::new();
    for id in units {
        used.insert(id, app.enter_async(LongerPreview::is_enabled_async(&id)).await);
    }
    used
}

async fn until(what: &str, reached: impl Fn() -> bool) {
    let started = Instant::now();
    while !reached() {
        assert!(started.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until the app has noticed the state of a store.
async fn notice(app: &App, store: &str, connection: StoreConnection) {
    let has_noticed =
        || app.status().stores.iter().any(|status| status.name == store && status.connection == connection);
    until(&format!("{store} is {connection:?}"), has_noticed).await;
}

#[tokio::test]
async fn an_outage_of_the_assignments_changes_no_decision_and_loses_no_assignment() {
    let stores = Stores::new();
    let app = stores.start().await;
    publish(&app, 50.0).await.unwrap();
    let mut used = use_units(&app, 0..100).await;
    app.flush().await.unwrap();
    assert_eq!(stores.assigned().await, (used.clone(), 100));

    stores.units.set_unreachable(true);
    notice(&app, "units", StoreConnection::Stale).await;
    assert!(app.status().is_live(), "the states have their own store");
    used.extend(use_units(&app, 100..200).await);
    assert_eq!(app.flush().await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(app.status().exposures.waiting, 100);
    assert_eq!(use_units(&app, 0..200).await, used);
    let feature = app.feature::<LongerPreview>();
    feature.pin(LongerPreview::Default).publish().await.unwrap();
    feature.unpin().publish().await.unwrap();

    stores.units.set_unreachable(false);
    notice(&app, "units", StoreConnection::Live).await;
    app.flush().await.unwrap();
    assert_eq!(stores.assigned().await, (used.clone(), 200));
    assert_eq!(app.status().exposures.waiting, 0);
    assert_eq!(feature.experiment().await.unwrap().units(), 200);
    publish(&app, 0.0).await.unwrap();
    assert_eq!(use_units(&app, 0..200).await, used, "units keep what they used first");
    let other = stores.start().await;
    assert_eq!(use_units(&other, 0..200).await, used, "another program finds them");
    app.shutdown().await.unwrap();
    other.shutdown().await.unwrap();
}

#[tokio::test]
async fn units_that_new_weights_reassign_during_an_outage_of_the_assignments_return_to_what_they_used_first() {
    let stores = Stores::new();
    let app = stores.start().await;
    publish(&app, 50.0).await.unwrap();
    let used = use_units(&app, 0..100).await;
    app.flush().await.unwrap();

    stores.units.set_unreachable(true);
    notice(&app, "units", StoreConnection::Stale).await;
    publish(&app, 0.0).await.unwrap();
    assert!(use_units(&app, 0..100).await.values().all(|enabled| !enabled), "the weights decide meanwhile");

    stores.units.set_unreachable(false);
    notice(&app, "units", StoreConnection::Live).await;
    app.flush().await.unwrap();
    let started = Instant::now();
    while use_units(&app, 0..100).await != used {
        assert!(started.elapsed() < Duration::from_secs(20), "units are not looked up again");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(stores.assigned().await, (used, 100));
    app.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_program_that_starts_during_an_outage_of_the_assignments_is_live_and_uses_them_later() {
    let stores = Stores::new();
    let app = stores.start().await;
    publish(&app, 50.0).await.unwrap();
    let used = use_units(&app, 0..100).await;
    publish(&app, 0.0).await.unwrap();
    app.shutdown().await.unwrap();

    stores.units.set_unreachable(true);
    let app = stores.start().await;
    assert!(app.status().is_live(), "{:?}", app.status());
    let new = app.enter_async(LongerPreview::is_enabled_async(&1_000_000)).await;
    assert!(!new, "without assignments the weights decide");
    stores.units.set_unreachable(false);
    notice(&app, "units", StoreConnection::Live).await;
    assert_eq!(use_units(&app, 0..100).await, used);
    app.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_outage_of_the_states_changes_no_decision_and_units_are_still_assigned() {
    let stores = Stores::new();
    let app = stores.start().await;
    publish(&app, 50.0).await.unwrap();
    let mut used = use_units(&app, 0..100).await;

    stores.states.set_unreachable(true);
    notice(&app, "states", StoreConnection::Stale).await;
    notice(&app, "units", StoreConnection::Live).await;
    used.extend(use_units(&app, 100..200).await);
    assert!(used.values().filter(|enabled| **enabled).count() > 50, "the experiment is still in effect");
    app.flush().await.unwrap();
    assert_eq!(stores.assigned().await, (used.clone(), 200), "assignments do not need the states");
    assert_eq!(publish(&app, 0.0).await.unwrap_err().kind(), ErrorKind::Unavailable);

    // Meanwhile, another program reaches the states, and publishes.
    let other = App::builder().store(stores.states.memory()).assignments(stores.units.clone()).detached();
    let other = other.start().await.unwrap();
    publish(&other, 0.0).await.unwrap();
    stores.states.set_unreachable(false);
    until("the new version is in effect", || app.feature::<LongerPreview>().version() == 2).await;
    assert_eq!(use_units(&app, 0..200).await, used);
    assert!(use_units(&app, 200..300).await.values().all(|enabled| !enabled), "new units get what the weights say");
    app.shutdown().await.unwrap();
    other.shutdown().await.unwrap();
}
