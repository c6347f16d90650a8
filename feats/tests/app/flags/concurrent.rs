//! Tests of writes at the same time.

use feats::App;
use feats::store::Memory;
use futures_util::future::join_all;
use serde_json::json;

use super::fixture::{app_on, versions};

/// Makes ten writes at once, each with its own key. Returns the keys that were written; all other writes are conflicts.
async fn write_at_once(apps: &[App], round: usize) -> Vec<String> {
    let writes = (0..10).map(|number| async move {
        let flag = apps[number % apps.len()].flags().author("ada").get("CHECKOUT");
        let key = format!("key {round}.{number}");
        match flag.set_client_data(json!({ key.clone(): number })).await {
            Ok(_) => Some(key),
            Err(error) => {
                assert!(error.is_conflict(), "{error}");
                None
            }
        }
    });
    join_all(writes).await.into_iter().flatten().collect()
}

/// A write is made on the version that its author saw, so it never undoes another one silently.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_write_is_lost() {
    let store = Memory::new();
    let apps = [app_on(store.clone()).await, app_on(store).await];
    let flag = apps[0].flags().author("ada").create("CHECKOUT").await.expect("created");
    apps[1].refresh().await.expect("refreshed");
    let mut written = Vec::new();
    for round in 0..5 {
        let keys = write_at_once(&apps, round).await;
        assert!(!keys.is_empty(), "at least one write succeeds");
        written.extend(keys);
        for app in &apps {
            app.refresh().await.expect("refreshed");
        }
    }
    assert_eq!(versions(&flag).await, 1 + written.len());
    let data = flag.client_data();
    let mut kept: Vec<&String> = data.as_object().expect("client data is an object").keys().collect();
    kept.sort_unstable();
    written.sort_unstable();
    assert_eq!(kept, written.iter().collect::<Vec<_>>());
}

/// Flags are independent of each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_of_different_flags_are_no_conflict() {
    let app = app_on(Memory::new()).await;
    let flags = app.flags().author("ada");
    let created = join_all((0..50).map(|number| flags.create(format!("flag {number}")).enabled().into_future())).await;
    for flag in created {
        let flag = flag.expect("created");
        assert_eq!((versions(&flag).await, flag.meta().is_enabled()), (1, true));
    }
    assert_eq!(flags.list().names().len(), 50);
}
