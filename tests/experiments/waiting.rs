//! Waiting for look-ups: bounded, only for units whose slot was reassigned, and never for a store that is known to be unreachable.

use std::time::Duration;

use feats::{Reason, StoreConnection};

use crate::fixture::{Priorities, User, allocation, app, create, describe, find, find_async, publish, until};
use crate::restless::{Mood, Restless};

/// Returns a store with the assignments of another program, in which every slot was reassigned since, and those assignments.
async fn used_by_another_program() -> (Restless, Vec<usize>) {
    let store = Restless::new();
    let another = app(store.clone()).await;
    publish(&another, allocation(50.0, 50.0, 0.0)).await;
    let used = create(&another, 0..20);
    another.flush().await.expect("stored");
    publish(&another, allocation(0.0, 0.0, 100.0)).await;
    another.shutdown().await.expect("stopped");
    (store, used)
}

#[tokio::test]
async fn create_waits_for_a_lookup_within_a_single_threaded_runtime() {
    let (store, used) = used_by_another_program().await;
    let app = app(store).await;
    assert_eq!(create(&app, 0..20), used);
    assert_eq!(app.store_lookups(), 20);
}

#[tokio::test]
async fn a_hanging_store_does_not_block_and_its_late_answer_is_used() {
    let (store, used) = used_by_another_program().await;
    let app = describe(store.clone()).lookup_timeout(Duration::from_millis(20)).start().await.expect("started");
    store.set_mood(Mood::Hanging);
    assert_eq!(find(&app, 0..20), [Priorities::Three; 20], "provisional: the owner of the slot");
    let explained = app.enter(|| Priorities::explain(&User { id: 1 }));
    assert_eq!((explained.value(), explained.reason()), (Priorities::Three, Reason::Provisional));
    assert_eq!(app.store_lookups(), 20);
    store.set_mood(Mood::Well);
    until("the late answers have arrived", || {
        app.enter(|| Priorities::explain(&User { id: 19 }).reason()) != Reason::Provisional
    })
    .await;
    assert_eq!(create(&app, 19..20), used[19..]);
}

#[tokio::test]
async fn a_store_that_is_known_to_be_unreachable_is_not_asked() {
    let (store, used) = used_by_another_program().await;
    let app = app(store.clone()).await;
    store.set_mood(Mood::Away);
    until("the app reports the outage", || app.status().connection == StoreConnection::Stale).await;
    // The timeout is an hour, so waiting would be noticed.
    assert_eq!(create(&app, 0..10), [3; 10]);
    assert_eq!(find_async(&app, 10..20).await, [Priorities::Three; 10]);
    assert_eq!(app.store_lookups(), 0);

    store.set_mood(Mood::Well);
    until("the app is live again", || app.status().is_live()).await;
    assert_eq!(find(&app, 0..10), [Priorities::Three; 10], "the choices of the meantime are kept");
    app.flush().await.expect("stored");
    assert_eq!(create(&app, 0..20), used, "until the store returns the first assignment");
}

#[tokio::test]
async fn a_timeout_of_zero_never_waits() {
    let (store, _) = used_by_another_program().await;
    let app = describe(store).lookup_timeout(Duration::ZERO).start().await.expect("started");
    assert_eq!(create(&app, 0..20), [3; 20]);
    assert_eq!(app.store_lookups(), 0);
}

#[test]
fn a_program_without_a_runtime_waits_as_well() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (store, used) = runtime.block_on(used_by_another_program());
    drop(runtime);
    let app = describe(store).start_blocking().expect("started");
    assert_eq!(create(&app, 0..20), used);
}

#[tokio::test]
async fn a_scope_waits_for_a_hanging_store_only_once() {
    let (store, used) = used_by_another_program().await;
    let app = describe(store.clone()).lookup_timeout(Duration::from_millis(20)).start().await.expect("started");
    store.set_mood(Mood::Hanging);
    let given = |users: std::ops::Range<u64>| users.map(|id| Priorities::create(&User { id })).collect::<Vec<_>>();
    let scope = app.scope();
    assert_eq!(scope.enter(|| given(0..6)), [3; 6], "provisional: the owner of the slot");
    until("the first decision has used up the time", || app.store_lookups() == 1).await;
    assert_eq!(scope.enter_async(async { given(6..10) }).await, [3; 4]);
    assert_eq!(app.store_lookups(), 1, "no further look-up after an await");

    // Another scope has its own time.
    assert_eq!(app.scope().enter(|| given(10..12)), [3; 2]);
    until("the second scope has asked", || app.store_lookups() == 2).await;

    // Awaited decisions have no such limit, and do not block a thread.
    store.set_mood(Mood::Well);
    let awaited = scope.enter_async(async { Priorities::create_async(&User { id: 19 }).await }).await;
    assert_eq!(awaited, used[19]);
    assert_eq!(app.store_lookups(), 3, "one for each scope, and the awaited one");
}

#[tokio::test]
async fn answers_in_time_apply_to_all_decisions_of_a_scope() {
    let (store, used) = used_by_another_program().await;
    let app = app(store).await;
    let given = app.scope().enter(|| (0..20).map(|id| Priorities::create(&User { id })).collect::<Vec<_>>());
    assert_eq!((given, app.store_lookups()), (used, 20));
}

#[tokio::test]
async fn a_thread_without_a_runtime_waits_for_each_unit_of_a_scope() {
    let (store, _) = used_by_another_program().await;
    let app = describe(store.clone()).lookup_timeout(Duration::from_millis(5)).start().await.expect("started");
    store.set_mood(Mood::Hanging);
    let scope = app.scope();
    let batch = std::thread::spawn(move || {
        scope.enter(|| (0..20).map(|id| Priorities::create(&User { id })).collect::<Vec<_>>().len())
    });
    assert_eq!(batch.join().expect("a batch"), 20);
    until("every unit was looked up", || app.store_lookups() == 20).await;
}
