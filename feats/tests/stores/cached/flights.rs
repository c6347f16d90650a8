//! Concurrent reads of the same: one request if its result can be shared.

use feats::store::{Assignments, Cached, Page, Store};
use feats::{ErrorKind, Result};
use tokio::task::{JoinHandle, yield_now};

use crate::observed::Observed;
use crate::writing::publish;

const READERS: usize = 8;

async fn cached() -> (Observed, Cached) {
    let inner = Observed::default();
    inner.memory().assignments().unwrap().assign("experiment", "ada", "first").await.unwrap();
    for _ in 0..3 {
        publish(&inner.memory(), "Feature").await.unwrap();
    }
    inner.close_gate();
    (inner.clone(), Cached::new(inner))
}

/// Starts concurrent reads of a unit, which wait for the gate or for each other.
async fn start(store: &Cached, unit: &'static str, readers: usize) -> Vec<JoinHandle<Result<Option<String>>>> {
    let mut running = Vec::new();
    for _ in 0..readers {
        let store = store.clone();
        running.push(tokio::spawn(async move { store.assigned("experiment", unit).await }));
    }
    run_all().await;
    running
}

/// Lets all tasks run until they wait.
async fn run_all() {
    for _ in 0..100 {
        yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn concurrent_reads_of_an_assignment_make_one_request() {
    let (inner, store) = cached().await;
    let running = start(&store, "ada", READERS).await;
    inner.permit(1);
    for read in running {
        assert_eq!(read.await.unwrap().unwrap().as_deref(), Some("first"));
    }
    assert_eq!(inner.calls("assigned"), 1);
}

#[tokio::test(start_paused = true)]
async fn concurrent_reads_of_a_page_make_one_request() {
    let (inner, store) = cached().await;
    let read = || store.history("Feature", Page { before: Some(3), limit: 2 });
    let permitting = async {
        run_all().await;
        inner.permit(1);
    };
    let (first, second, third, ()) = tokio::join!(read(), read(), read(), permitting);
    let first = first.unwrap();
    assert_eq!((first.len(), &second.unwrap(), &third.unwrap()), (2, &first, &first));
    assert_eq!(inner.calls("history"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_result_that_can_change_is_not_shared_and_the_other_reads_do_not_wait_for_each_other() {
    let (inner, store) = cached().await;
    let running = start(&store, "unassigned", READERS).await;
    assert_eq!(inner.calls("assigned"), 1);
    inner.permit(1);
    run_all().await;
    assert_eq!(inner.calls("assigned"), READERS, "the others read at the same time");
    inner.memory().assignments().unwrap().assign("experiment", "unassigned", "later").await.unwrap();
    inner.permit(READERS);
    for read in running {
        assert_eq!(read.await.unwrap().unwrap(), None);
    }
    inner.permit(1);
    assert_eq!(store.assigned("experiment", "unassigned").await.unwrap().as_deref(), Some("later"));
}

#[tokio::test(start_paused = true)]
async fn when_the_first_reader_is_cancelled_the_next_one_reads_for_all() {
    let (inner, store) = cached().await;
    let mut running = start(&store, "ada", READERS).await;
    for cancelled in running.drain(..2) {
        cancelled.abort();
        assert!(cancelled.await.unwrap_err().is_cancelled());
        run_all().await;
    }
    assert_eq!(inner.calls("assigned"), 3);
    inner.permit(1);
    for read in running {
        assert_eq!(read.await.unwrap().unwrap().as_deref(), Some("first"));
    }
    assert_eq!(inner.calls("assigned"), 3);
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_the_other_readers_read_for_themselves() {
    let (inner, store) = cached().await;
    let running = start(&store, "ada", 1).await;
    inner.set_unreachable(true);
    running[0].abort();
    let running = start(&store, "ada", READERS).await;
    for read in running {
        assert_eq!(read.await.unwrap().unwrap_err().kind(), ErrorKind::Unavailable);
    }
    assert_eq!(inner.calls("assigned"), 1 + READERS);
}

#[tokio::test(start_paused = true)]
async fn reads_of_different_keys_do_not_wait_for_each_other() {
    let (inner, store) = cached().await;
    let (_one, _other) = (start(&store, "ada", 1).await, start(&store, "grace", 1).await);
    assert_eq!(inner.calls("assigned"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_delays_the_others_for_a_limited_time() {
    let (inner, store) = cached().await;
    let running = start(&store, "ada", 2).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(inner.calls("assigned"), 2);
    inner.permit(2);
    for read in running {
        assert_eq!(read.await.unwrap().unwrap().as_deref(), Some("first"));
    }
}
