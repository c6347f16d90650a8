//! A store that cannot be written: what it refuses, and an app on it.

use std::sync::Arc;

use dashmap::DashMap;
use feats::store::{Assignment, Memory, ReadOnly, Record, RevisionStamp, Sqlite, Store, contract};
use feats::{App, ErrorKind};

use crate::capabilities::{LongerPreview, publish, uses};
use crate::writing::revision;

#[tokio::test(start_paused = true)]
async fn read_only_memory_passes_the_suite_for_readers() {
    let places = DashMap::<String, Memory>::new();
    let open = move |place: &str| places.entry(place.to_owned()).or_default().clone();
    let open = Arc::new(open);
    let writer = Arc::clone(&open);
    contract::reader(move |place| writer(place), move |place| ReadOnly::new(open(place))).await;
}

#[tokio::test]
async fn read_only_sqlite_passes_the_suite_for_readers() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (directory.path().to_owned(), directory.path().to_owned());
    let writer = move |place: &str| Sqlite::open(one.join(place)).unwrap();
    contract::reader(writer, move |place| ReadOnly::new(Sqlite::open(other.join(place)).unwrap())).await;
}

#[tokio::test]
async fn every_write_is_refused_with_the_same_error() {
    let store = ReadOnly::new(Memory::new());
    let entry = revision("Feature", None, 10);
    let unit = [("unit".to_owned(), "choice".to_owned())];
    let (records, counters) = (store.records().unwrap(), store.counters().unwrap());
    let assignments = store.assignments().unwrap();
    let appended = store.append(RevisionStamp::default(), &entry).await.unwrap_err();
    assert_eq!(appended.feature(), Some("Feature"));
    for error in [
        appended,
        records.put("kind", "key", b"", None).await.unwrap_err(),
        counters.add("kind", "key", &[], None).await.unwrap_err(),
        assignments.assign("experiment", "unit", "choice").await.unwrap_err(),
        assignments.assign_many("experiment", &unit).await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.store()), (ErrorKind::ReadOnly, Some("memory")));
        assert_eq!(error.message(), "this program opened the store for reading only; nothing was written");
    }
}

#[tokio::test]
async fn the_name_the_data_and_the_epoch_are_those_of_the_inner_store() {
    let inner = Memory::new();
    let store = ReadOnly::new(inner.clone());
    assert!(store.is_read_only() && !inner.is_read_only());
    assert_eq!((store.name(), store.data_id()), (inner.name(), inner.data_id()));
    assert_eq!(Store::epoch(&store).await.unwrap(), Store::epoch(&inner).await.unwrap());
    assert_eq!(format!("{store:?}"), "ReadOnly(\"memory\")");
}

/// Returns the records, the counts and the assignments of a store.
async fn data(store: &Memory) -> (Vec<Record>, Vec<Vec<(String, i64)>>, Vec<Assignment>) {
    let (records, counters) = (store.records().unwrap(), store.counters().unwrap());
    let records = [records.list("catalog").await.unwrap(), records.list("instance").await.unwrap()].concat();
    let counters = counters.scan(None, 10_000).await.unwrap().entries.into_iter().map(|group| group.counts).collect();
    (records, counters, store.assignments().unwrap().scan(None, 10_000).await.unwrap().entries)
}

#[tokio::test]
async fn an_app_on_a_read_only_store_follows_it_and_writes_nothing() {
    let store = Memory::new();
    let writer = App::builder().store(store.clone()).detached().start().await.unwrap();
    publish(&writer, 50.0).await.unwrap();
    let assigned = uses(&writer).await;
    publish(&writer, 0.0).await.unwrap();
    writer.shutdown().await.unwrap();

    let before = data(&store).await;
    let app = App::builder().store(ReadOnly::new(store.clone())).detached().start().await.unwrap();
    assert!(app.status().is_live(), "{:?}", app.status());
    assert_eq!(uses(&app).await, assigned, "units keep the assignments of the store");
    let new = app.enter_async(LongerPreview::is_enabled_async(&1_000_000)).await;
    assert!(!new, "a unit without an assignment gets what the weights say");
    app.flush().await.unwrap();
    app.refresh().await.unwrap();
    assert_eq!(app.status().warnings, [""; 0]);

    let error = publish(&app, 100.0).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ReadOnly, "{error}");
    app.shutdown().await.unwrap();
    assert!(data(&store).await == before, "something was written");
}

#[tokio::test]
async fn an_app_on_a_read_only_store_writes_what_it_takes_from_another_store() {
    let (store, own) = (Memory::new(), Memory::new());
    let writer = App::builder().store(store.clone()).detached().start().await.unwrap();
    publish(&writer, 50.0).await.unwrap();
    let app = App::builder().store(ReadOnly::new(store.clone())).assignments(own.clone()).counters(own.clone());
    let app = app.detached().start().await.unwrap();
    let used = uses(&app).await.len();
    app.flush().await.unwrap();
    assert_eq!(own.assignments().unwrap().scan(None, 10_000).await.unwrap().entries.len(), used);
    assert!(store.assignments().unwrap().scan(None, 10_000).await.unwrap().entries.is_empty());
    assert_eq!(app.feature::<LongerPreview>().experiment().await.unwrap().units(), used as u64);
}

#[tokio::test]
async fn an_experiment_is_rejected_while_the_store_of_the_assignments_is_read_only() {
    let app = App::builder().store(Memory::new()).assignments(ReadOnly::new(Memory::new())).detached();
    let app = app.start().await.unwrap();
    let error = publish(&app, 50.0).await.unwrap_err();
    assert_eq!((error.kind(), error.problems()[0].path()), (ErrorKind::Invalid, "otherwise.experiment"));
    app.feature::<LongerPreview>().pin(LongerPreview::Enabled).publish().await.unwrap();
}
