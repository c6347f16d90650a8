//! Assignments: the choice of a unit is kept for ever, that it has none for a time at most.

use std::time::Duration;

use feats::store::{AssignmentOutcome, Assignments, Cached, Store};

use crate::observed::Observed;

fn cached() -> (Observed, Cached) {
    let inner = Observed::default();
    (inner.clone(), Cached::new(inner))
}

async fn assigned(store: &Cached, unit: &str) -> Option<String> {
    store.assigned("experiment", unit).await.unwrap()
}

#[tokio::test]
async fn an_assignment_is_read_once() {
    let (inner, store) = cached();
    inner.memory().assignments().unwrap().assign("experiment", "ada", "first").await.unwrap();
    for _ in 0..3 {
        assert_eq!(assigned(&store, "ada").await.as_deref(), Some("first"));
        assert_eq!(store.assign("experiment", "ada", "second").await.unwrap(), "first");
    }
    assert_eq!((inner.calls("assigned"), inner.calls("assign")), (1, 0));
    assert!(store.assigned("other", "ada").await.unwrap().is_none());
}

#[tokio::test]
async fn the_winner_of_an_assignment_is_kept() {
    let (inner, store) = cached();
    assert_eq!(store.assign("experiment", "ada", "first").await.unwrap(), "first");
    assert_eq!(assigned(&store, "ada").await.as_deref(), Some("first"));
    assert_eq!((inner.calls("assigned"), inner.calls("assign")), (0, 1));
}

#[tokio::test]
async fn a_batch_asks_for_unknown_units_alone_and_keeps_the_order() {
    let (inner, store) = cached();
    store.assign("experiment", "b", "before").await.unwrap();
    let units =
        [("c", "1"), ("b", "2"), ("a", "3"), ("c", "4")].map(|(unit, choice)| (unit.to_owned(), choice.to_owned()));
    let outcome = |choice: &str, first| AssignmentOutcome { choice: choice.to_owned(), first };
    let outcomes = store.assign_many("experiment", &units).await.unwrap();
    assert_eq!(outcomes, [outcome("1", true), outcome("before", false), outcome("3", true), outcome("1", false)]);
    let outcomes = store.assign_many("experiment", &units).await.unwrap();
    assert_eq!(outcomes, ["1", "before", "3", "1"].map(|choice| outcome(choice, false)));
    assert_eq!(inner.calls("assign_many"), 1, "all units are known");
}

#[tokio::test(start_paused = true)]
async fn that_a_unit_has_no_assignment_is_not_kept_by_default() {
    let (inner, store) = cached();
    for _ in 0..3 {
        assert_eq!(assigned(&store, "ada").await, None);
    }
    assert_eq!(inner.calls("assigned"), 3);
    inner.memory().assignments().unwrap().assign("experiment", "ada", "theirs").await.unwrap();
    assert_eq!(assigned(&store, "ada").await.as_deref(), Some("theirs"));
}

#[tokio::test(start_paused = true)]
async fn with_a_negative_time_to_live_it_is_kept_until_then() {
    let (inner, store) = cached();
    let store = store.negative(Duration::from_secs(2));
    assert_eq!(assigned(&store, "ada").await, None);
    inner.memory().assignments().unwrap().assign("experiment", "ada", "theirs").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_900)).await;
    assert_eq!((assigned(&store, "ada").await, inner.calls("assigned")), (None, 1));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(assigned(&store, "ada").await.as_deref(), Some("theirs"));
}

#[tokio::test(start_paused = true)]
async fn an_assignment_through_the_handle_is_seen_at_once() {
    let (inner, store) = cached();
    let store = store.negative(Duration::from_secs(3_600));
    for unit in ["ada", "grace"] {
        assert_eq!(assigned(&store, unit).await, None);
        inner.memory().assignments().unwrap().assign("experiment", unit, "theirs").await.unwrap();
    }
    assert_eq!(store.assign("experiment", "ada", "ours").await.unwrap(), "theirs");
    let grace = [("grace".to_owned(), "ours".to_owned())];
    assert_eq!(store.assign_many("experiment", &grace).await.unwrap()[0].choice, "theirs");
    for unit in ["ada", "grace"] {
        assert_eq!(assigned(&store, unit).await.as_deref(), Some("theirs"));
    }
}

#[tokio::test(start_paused = true)]
async fn after_an_assignment_with_an_unknown_outcome_the_unit_is_read_again() {
    let (inner, store) = cached();
    let store = store.negative(Duration::from_secs(3_600));
    assert_eq!(assigned(&store, "ada").await, None);
    inner.set_unreachable(true);
    store.assign("experiment", "ada", "ours").await.unwrap_err();
    inner.set_unreachable(false);
    inner.memory().assignments().unwrap().assign("experiment", "ada", "ours").await.unwrap();
    assert_eq!(assigned(&store, "ada").await.as_deref(), Some("ours"));
}
