//! Outages of single stores of an app: each affects its own store alone.

use std::time::Duration;

use feats::edit::experiment;
use feats::store::StoreUse;
use feats::{App, StoreConnection, StoreStatus};

use crate::fixture::{Colors, Visitor, VisitorId, builder, follows, until};
use crate::unruly::{Call, Unruly};

/// The methods that an app calls on a store of assignments and counters.
const METHODS: [&str; 6] = ["epoch", "assign_many", "assigned", "add", "read", "check"];

/// Starts an app with states and records in one store, and assignments and counters in another.
async fn start(states: &Unruly, units: &Unruly) -> App {
    let app = builder(states).counters(units.clone()).assignments(units.clone());
    app.exposure_interval(Duration::from_millis(10)).start().await.expect("an app starts")
}

async fn publish(app: &App, gray: f64) {
    let arms = experiment(VisitorId, [(Colors::Gray, gray), (Colors::Blue, 100.0 - gray)]);
    app.feature::<Colors>().edit().otherwise(arms).publish().await.expect("published");
}

fn visit(app: &App, visitors: std::ops::Range<u64>) -> Vec<&'static str> {
    app.enter(|| visitors.map(|id| Colors::create(&Visitor { id })).collect())
}

/// Returns the status of the store of assignments.
fn units_status(app: &App) -> StoreStatus {
    let mut stores = app.status().stores;
    assert_eq!(stores.len(), 2, "{stores:?}");
    assert_eq!(stores[0].uses, [StoreUse::Revisions, StoreUse::Records]);
    assert_eq!(stores[1].uses, [StoreUse::Counters, StoreUse::Assignments]);
    stores.remove(1)
}

#[tokio::test]
async fn while_assignments_are_unreachable_states_are_applied_and_no_decision_waits() {
    let (states, units) = (Unruly::new(), Unruly::new());
    let app = start(&states, &units).await;
    publish(&app, 50.0).await;
    visit(&app, 0..100);
    until("they are stored", || app.status().exposures.stored == 100).await;
    publish(&app, 0.0).await;

    METHODS.into_iter().for_each(|method| units.always(method, Call::Fails));
    until("it is noticed", || units_status(&app).connection == StoreConnection::Stale).await;
    let status = units_status(&app);
    assert!(status.error.is_some_and(|error| error.contains("epoch fails")) && status.last_contact.is_some());
    assert!(app.status().is_live() && app.status().stores[0].is_live(), "{:?}", app.status());
    let lookups = app.store_lookups();
    visit(&app, 1_000..1_100);
    assert_eq!(app.store_lookups(), lookups, "an unreachable store is not called");
    follows(&app, &states).await;
    publish(&app, 20.0).await;
    assert_eq!(app.status().exposures.waiting, 100, "exposures wait");

    METHODS.into_iter().for_each(|method| units.relent(method));
    until("it is back", || units_status(&app).is_live()).await;
    until("they are stored", || app.status().exposures.waiting == 0).await;
    assert_eq!(app.status().exposures.stored, 200);
    let counted = async || app.feature::<Colors>().experiment().await.expect("a report").units();
    app.flush().await.expect("everything is counted");
    assert_eq!(counted().await, 200);
    app.shutdown().await.expect("stopped");
    assert!(app.status().stores.iter().all(|store| store.connection == StoreConnection::Stopped));
}

#[tokio::test]
async fn while_states_are_unreachable_units_are_stored_and_looked_up() {
    let (states, units) = (Unruly::new(), Unruly::new());
    let app = start(&states, &units).await;
    publish(&app, 50.0).await;
    publish(&app, 0.0).await;
    let unreachable = ["watch", "load", "epoch", "versions", "history", "append", "put", "list"];
    unreachable.into_iter().for_each(|method| states.always(method, Call::Hangs));
    until("it is noticed", || app.status().connection == StoreConnection::Stale).await;
    assert!(units_status(&app).is_live(), "{:?}", app.status());
    visit(&app, 0..100);
    assert!(app.store_lookups() > 20, "units whose slot was reassigned are looked up");
    until("they are stored", || app.status().exposures.stored == 100).await;
    assert!(app.status().warnings.is_empty(), "{:?}", app.status().warnings);
    unreachable.into_iter().for_each(|method| states.relent(method));
    follows(&app, &states).await;
}

#[tokio::test]
async fn while_counters_are_unreachable_units_are_assigned_and_their_counts_wait() {
    let (states, counters) = (Unruly::new(), Unruly::new());
    let app = builder(&states).counters(counters.clone()).exposure_interval(Duration::from_millis(10));
    let app = app.start().await.expect("started");
    publish(&app, 50.0).await;
    METHODS.into_iter().for_each(|method| counters.always(method, Call::Fails));
    visit(&app, 0..100);
    until("they are assigned", || app.status().exposures.stored == 100).await;
    METHODS.into_iter().for_each(|method| counters.relent(method));
    until("it is back", || app.status().stores.iter().all(StoreStatus::is_live)).await;
    app.flush().await.expect("everything is counted");
    assert_eq!(app.feature::<Colors>().experiment().await.expect("a report").units(), 100);
}

#[tokio::test]
async fn while_records_are_unreachable_an_app_starts_and_pins() {
    let (states, records) = (Unruly::new(), Unruly::new());
    ["epoch", "put", "list"].into_iter().for_each(|method| records.always(method, Call::Hangs));
    let app = builder(&states).records(records.clone()).start_timeout(Duration::from_secs(1));
    let app = app.start().await.expect("started");
    assert!(app.status().is_live(), "{:?}", app.status());
    app.feature::<Colors>().pin(Colors::Blue).publish().await.expect("a kill switch needs no records");
    assert_eq!(visit(&app, 0..1), ["blue"]);
    assert!(app.instances().await.expect_err("unknown").is_unavailable());
    ["epoch", "put", "list"].into_iter().for_each(|method| records.relent(method));
    until("the program is announced", || records.calls("put") >= 2 && app.status().warnings.is_empty()).await;
    assert_eq!(app.instances().await.expect("instances").len(), 1);
}

#[tokio::test]
async fn a_store_that_is_given_twice_is_probed_once() {
    let store = Unruly::new();
    let app = builder(&store).records(store.clone()).counters(store.clone()).assignments(store.clone());
    let app = app.start().await.expect("started");
    let [status] = &app.status().stores[..] else { panic!("{:?}", app.status().stores) };
    let uses = [StoreUse::Revisions, StoreUse::Records, StoreUse::Counters, StoreUse::Assignments];
    assert_eq!((status.name.as_str(), &status.uses[..], status.is_live()), ("unruly", &uses[..], true));
    // Loading reads the epoch before and after; there are no other reads.
    assert_eq!(store.calls("epoch"), 2);
}
