//! Every store of feats passes the contract suite.

use dashmap::DashMap;
use feats::store::{Memory, Sqlite, contract};

#[tokio::test(start_paused = true)]
async fn memory_passes_the_suite() {
    let places = DashMap::<String, Memory>::new();
    contract::run(move |place| places.entry(place.to_owned()).or_default().clone()).await;
}

#[tokio::test]
async fn sqlite_passes_the_suite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    contract::run(move |place| Sqlite::open(path.join(place)).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_passes_the_suite_on_several_threads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    contract::run(move |place| Sqlite::open(path.join(place)).unwrap()).await;
}
