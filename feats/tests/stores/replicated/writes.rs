//! Writes to replicas: which of them reach one, in what order, and how one catches up.

use std::sync::Arc;
use std::time::Duration;

use feats::ErrorKind;
use feats::store::{AppendOutcome, Assignments, Memory, Page, Replicated, RevisionStamp, Store};

use super::switched::Switched;
use crate::writing::{publish, revision, verified};

const WHOLE: Page = Page { before: None, limit: usize::MAX };

fn pair() -> (Switched, Switched, Replicated) {
    let (primary, replica) = (Switched::default(), Switched::default());
    let store = Replicated::new(primary.clone(), [Arc::new(replica.clone()) as Arc<dyn Store>]);
    (primary, replica, store)
}

async fn same(primary: &Switched, replica: &Switched, feature: &str) -> bool {
    let copied = replica.memory().history(feature, WHOLE).await.unwrap();
    primary.memory().history(feature, WHOLE).await.unwrap() == copied
}

#[tokio::test]
async fn an_append_returns_after_every_replica_has_the_revision() {
    let (primary, replica, store) = pair();
    for _ in 0..3 {
        publish(&store, "Feature").await.unwrap();
        assert!(same(&primary, &replica, "Feature").await);
    }
    let status = &store.replicas()[0];
    assert_eq!((status.behind, &status.last_error, status.last_success.is_some()), (0, &None, true));
}

#[tokio::test]
async fn a_replica_that_fails_does_not_fail_the_append_and_is_reported() {
    let (_, replica, store) = pair();
    replica.set_unreachable(true);
    publish(&store, "Feature").await.unwrap();
    let status = &store.replicas()[0];
    assert_eq!((status.behind, status.last_error.as_deref()), (1, Some("unreachable")));
    let warnings = store.check().await.unwrap();
    assert_eq!(warnings, ["the replica switched lacks revisions of 1 feature, and has failed: unreachable"],);
}

#[tokio::test]
async fn a_replica_that_was_away_catches_up_byte_for_byte_with_a_check() {
    let (primary, replica, store) = pair();
    publish(&store, "Feature").await.unwrap();
    replica.set_unreachable(true);
    for _ in 0..120 {
        publish(&store, "Feature").await.unwrap();
    }
    publish(&store, "Other").await.unwrap();
    replica.set_unreachable(false);
    assert!(store.check().await.unwrap().is_empty());
    assert!(same(&primary, &replica, "Feature").await && same(&primary, &replica, "Other").await);
    assert_eq!(verified(replica.memory(), "Feature").await.len(), 121);
}

#[tokio::test]
async fn a_replica_catches_up_with_what_another_program_wrote_to_the_primary() {
    let (primary, replica, store) = pair();
    for _ in 0..60 {
        publish(&primary, "Feature").await.unwrap();
    }
    assert_eq!(store.catch_up().await.unwrap()[0].behind, 0);
    assert!(same(&primary, &replica, "Feature").await);
}

#[tokio::test]
async fn the_next_append_writes_what_a_replica_lacks() {
    let (primary, replica, store) = pair();
    replica.set_unreachable(true);
    publish(&store, "Feature").await.unwrap();
    publish(&store, "Other").await.unwrap();
    replica.set_unreachable(false);
    publish(&store, "Feature").await.unwrap();
    assert!(same(&primary, &replica, "Feature").await);
    until_complete(&store).await;
    assert!(same(&primary, &replica, "Other").await);
}

#[tokio::test]
async fn what_the_primary_refuses_or_fails_to_write_goes_to_no_replica() {
    let (primary, replica, store) = pair();
    let first = publish(&store, "Feature").await.unwrap();
    let late = revision("Feature", None, 10);
    let appended = store.append(RevisionStamp::default(), &late).await.unwrap();
    assert_eq!(appended, AppendOutcome::Conflict(Some(first.clone())));
    primary.set_unreachable(true);
    let next = revision("Feature", Some(&first), 10);
    let error = store.append(RevisionStamp::after(&first), &next).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(verified(replica.memory(), "Feature").await, [first]);
}

#[tokio::test]
async fn a_replica_with_another_history_is_reported_and_keeps_it() {
    let (_, replica, store) = pair();
    let other = publish(replica.memory(), "Feature").await.unwrap();
    for _ in 0..3 {
        publish(&store, "Feature").await.unwrap();
    }
    publish(&store, "Other").await.unwrap();
    assert_eq!(verified(replica.memory(), "Feature").await, [other]);
    assert_eq!(store.replicas()[0].diverged, ["Feature"]);
    let warnings = store.check().await.unwrap();
    assert_eq!(
        warnings,
        ["the replica switched has other histories of 1 feature, such as \"Feature\", and keeps them"],
    );
}

#[tokio::test]
async fn another_history_of_the_same_length_is_found_without_an_append() {
    let (primary, replica, store) = pair();
    publish(primary.memory(), "Feature").await.unwrap();
    let other = publish(replica.memory(), "Feature").await.unwrap();
    assert_eq!(store.catch_up().await.unwrap()[0].diverged, ["Feature"]);
    assert_eq!(verified(replica.memory(), "Feature").await, [other]);
    assert_eq!(store.catch_up().await.unwrap()[0].diverged, ["Feature"], "it stays known");
}

#[tokio::test]
async fn in_the_background_an_assignment_does_not_wait_for_the_replicas() {
    let (primary, replica) = (Memory::new(), Memory::new());
    let store = Replicated::new(primary, [Arc::new(replica.clone()) as Arc<dyn Store>]).background();
    // On this runtime a task runs only while the test waits; memory never does.
    store.assignments().unwrap().assign("experiment", "ada", "a").await.unwrap();
    assert_eq!(replica.assigned("experiment", "ada").await.unwrap(), None);
    tokio::task::yield_now().await;
    assert_eq!(replica.assigned("experiment", "ada").await.unwrap().as_deref(), Some("a"));

    let units = |n: usize| (format!("unit {n}"), "a".to_owned());
    for n in 0..70 {
        store.assignments().unwrap().assign_many("experiment", &[units(n)]).await.unwrap();
    }
    assert_eq!(store.replicas()[0].missed_assignments, 6, "64 calls are written at a time");
}

#[tokio::test]
async fn in_the_background_a_replica_receives_every_revision_in_order() {
    let (primary, replica, store) = pair();
    let store = store.background();
    for n in 0..50 {
        publish(&store, &format!("Feature{}", n % 3)).await.unwrap();
    }
    until_complete(&store).await;
    for n in 0..3 {
        assert!(same(&primary, &replica, &format!("Feature{n}")).await);
    }
}

#[tokio::test]
async fn concurrent_appends_leave_a_complete_replica() {
    let (primary, replica, store) = pair();
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..4 {
        let store = store.clone();
        writers.spawn(async move {
            for _ in 0..20 {
                publish(&store, &format!("Feature{n}")).await.unwrap();
            }
        });
    }
    while writers.join_next().await.transpose().unwrap().is_some() {}
    until_complete(&store).await;
    for n in 0..4 {
        assert!(same(&primary, &replica, &format!("Feature{n}")).await);
    }
}

#[tokio::test]
async fn an_append_that_was_cancelled_reaches_the_replicas_later() {
    let (primary, replica, store) = pair();
    let entry = revision("Feature", None, 10);
    {
        let mut append = std::pin::pin!(store.append(RevisionStamp::default(), &entry));
        // The primary in memory has it after the first poll.
        let _ = tokio::time::timeout(Duration::ZERO, &mut append).await;
    }
    assert!(store.check().await.unwrap().is_empty());
    assert!(same(&primary, &replica, "Feature").await);
}

#[tokio::test]
async fn the_winner_of_an_assignment_is_written_to_the_replicas() {
    let (primary, replica) = (Memory::new(), Memory::new());
    let store = Replicated::new(primary.clone(), [Arc::new(replica.clone()) as Arc<dyn Store>]);
    primary.assign("experiment", "ada", "a").await.unwrap();
    let assignments = store.assignments().unwrap();
    assert_eq!(assignments.assign("experiment", "ada", "b").await.unwrap(), "a");
    assert_eq!(replica.assigned("experiment", "ada").await.unwrap().as_deref(), Some("a"));
    replica.assign("experiment", "grace", "b").await.unwrap();
    assert_eq!(assignments.assign("experiment", "grace", "a").await.unwrap(), "a");
    assert_eq!(store.replicas()[0].missed_assignments, 1);
    let warnings = store.check().await.unwrap();
    assert_eq!(warnings, ["the replica memory lacks 1 assignment; `feats copy` copies them"]);
}

async fn until_complete(store: &Replicated) {
    tokio::time::timeout(Duration::from_secs(20), async {
        while store.replicas()[0].behind > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .unwrap();
}
