//! A store with replicas passes the contract suite.

use std::sync::Arc;

use dashmap::DashMap;
use feats::store::{Memory, Replicated, Sqlite, Store, contract};

use super::switched::Switched;
use crate::broken::faulty::{Fault, Faulty};

fn replicated() -> Replicated {
    Replicated::new(Memory::new(), [Arc::new(Memory::new()) as Arc<dyn Store>, Arc::new(Memory::new())])
}

async fn passes(new: impl Fn() -> Replicated + Send + Sync + 'static) {
    let places = DashMap::<String, Replicated>::new();
    contract::run(move |place| places.entry(place.to_owned()).or_insert_with(&new).clone()).await;
}

#[tokio::test(start_paused = true)]
async fn memory_with_replicas_passes_the_suite() {
    passes(replicated).await;
}

#[tokio::test(start_paused = true)]
async fn memory_with_replicas_in_the_background_passes_the_suite() {
    passes(|| replicated().background()).await;
}

#[tokio::test(start_paused = true)]
async fn memory_with_fail_over_reads_passes_the_suite() {
    passes(|| replicated().failover_reads()).await;
}

#[tokio::test]
async fn sqlite_with_a_replica_in_memory_passes_the_suite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    let replicas = DashMap::<String, Memory>::new();
    contract::run(move |place| {
        let replica = replicas.entry(place.to_owned()).or_default().clone();
        Replicated::new(Sqlite::open(path.join(place)).unwrap(), [Arc::new(replica) as Arc<dyn Store>])
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn fail_over_reads_without_the_primary_pass_the_suite_for_readers() {
    let replicas = Arc::new(DashMap::<String, Faulty>::new());
    let of_reader = Arc::clone(&replicas);
    let writer = move |place: &str| {
        // It has no capabilities, because a replica serves none.
        replicas.entry(place.to_owned()).or_insert_with(|| Faulty::new(Fault::NoRecords)).clone()
    };
    let reader = move |place: &str| {
        let primary = Switched::default();
        primary.set_unreachable(true);
        let replica = of_reader.entry(place.to_owned()).or_insert_with(|| Faulty::new(Fault::NoRecords)).good();
        Replicated::new(primary, [Arc::new(replica) as Arc<dyn Store>]).failover_reads()
    };
    contract::reader(writer, reader).await;
}
