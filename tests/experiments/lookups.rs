//! Look-ups: only units whose slot was reassigned, once each.

use feats::store::Memory;

use crate::fixture::{allocation, app, create, find_async, publish};

#[tokio::test]
async fn an_experiment_with_unchanged_weights_needs_no_lookups() {
    let store = Memory::new();
    let (one, two) = (app(store.clone()).await, app(store).await);
    publish(&one, allocation(50.0, 50.0, 0.0)).await;
    two.refresh().await.expect("refreshed");
    create(&one, 0..1_000);
    one.flush().await.expect("stored");
    assert_eq!(find_async(&one, 0..1_000).await, find_async(&two, 0..1_000).await);
    publish(&one, allocation(50.0, 50.0, 0.0)).await;
    two.refresh().await.expect("refreshed");
    assert_eq!(find_async(&one, 0..1_000).await, find_async(&two, 0..1_000).await);
    assert_eq!((one.store_lookups(), two.store_lookups()), (0, 0));
}

#[tokio::test]
async fn only_reassigned_units_are_looked_up_and_once_each() {
    let store = Memory::new();
    let one = app(store.clone()).await;
    publish(&one, allocation(50.0, 50.0, 0.0)).await;
    create(&one, 0..2_000);
    one.flush().await.expect("stored");
    publish(&one, allocation(60.0, 40.0, 0.0)).await;

    let two = app(store).await;
    let first = find_async(&two, 0..2_000).await;
    let lookups = two.store_lookups();
    assert!((150..250).contains(&lookups), "a tenth of 2000 units moved, but {lookups} were looked up");
    for _ in 0..3 {
        assert_eq!(find_async(&two, 0..2_000).await, first);
    }
    create(&two, 0..2_000);
    assert_eq!(two.store_lookups(), lookups, "the second time, no unit is looked up");
    assert_eq!(one.store_lookups(), 0, "a program that recorded the uses needs no look-ups");
}
