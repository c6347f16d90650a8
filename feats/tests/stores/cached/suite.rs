//! A cached store passes the contract suite. Each handle has its own cache.

use std::sync::Arc;

use dashmap::DashMap;
use feats::store::{Cached, Memory, ReadOnly, Store, contract};

#[tokio::test(start_paused = true)]
async fn cached_memory_passes_the_suite() {
    let places = DashMap::<String, Memory>::new();
    contract::run(move |place| Cached::new(places.entry(place.to_owned()).or_default().clone())).await;
}

#[tokio::test(start_paused = true)]
async fn cached_read_only_memory_passes_the_suite_for_readers() {
    let places = Arc::new(DashMap::<String, Memory>::new());
    let of_reader = Arc::clone(&places);
    let reader = move |place: &str| {
        let cached = Cached::new(ReadOnly::new(of_reader.entry(place.to_owned()).or_default().clone()));
        assert!(cached.is_read_only());
        cached
    };
    contract::reader(move |place| places.entry(place.to_owned()).or_default().clone(), reader).await;
}
