//! Tests of previews of changes, and of the reads of the store that they need.

use feats::State;
use serde_json::json;

use crate::fixture::app_on;
use crate::flaky_store::FlakyStore;

/// Returns a state with an experiment for everyone, with the given seed.
fn experiment(seed: &str, acme: u32) -> State {
    let weights = json!({ "acme": acme, "premium": 100 - acme });
    let experiment = json!({ "by": "UserId", "seed": seed, "weights": weights });
    State::from_json(
        &json!({ "rules": [{ "name": "trial", "when": { "all": [] }, "select": { "experiment": experiment } }] }),
    )
}

#[tokio::test]
async fn publishing_matches_the_preview() {
    let store = FlakyStore::new();
    let app = app_on(store).await;
    let payments = app.feature_named("Payments").unwrap();
    payments.edit().replace(experiment("first", 50)).publish().await.unwrap();
    let change = payments.edit().replace(experiment("first", 20)).otherwise("aperture");
    let preview = change.preview().await.unwrap();
    assert_eq!((preview.version, preview.incompatible_instances.len()), (2, 0));
    assert_eq!(change.preview().await.unwrap(), preview, "all previews of one change have the same seeds");
    let published = change.publish().await.unwrap();
    assert_eq!((published.version(), published.impact()), (2, &preview.impact));
    assert_eq!(payments.state(), preview.state);
}

#[tokio::test]
async fn the_history_is_searched_for_a_new_seed_once_and_not_at_each_step_of_a_draft() {
    let store = FlakyStore::new();
    let app = app_on(store.clone()).await;
    let payments = app.feature_named("Payments").unwrap();
    payments.edit().otherwise("premium").publish().await.unwrap();
    payments.edit().otherwise("aperture").publish().await.unwrap();
    for version in [2, 3] {
        let mut pages = Vec::new();
        for acme in [10, 20, 30] {
            let before = store.pages();
            payments.edit().replace(experiment("kept", acme)).preview().await.unwrap();
            pages.push(store.pages() - before);
        }
        assert_eq!(pages, [1, 0, 0], "on version {version}");
        payments.edit().otherwise("acme").publish().await.unwrap();
    }
}

#[tokio::test]
async fn a_seed_in_a_lost_revision_is_found_again_once_the_revision_is_restored() {
    let store = FlakyStore::new();
    let app = app_on(store.clone()).await;
    let payments = app.feature_named("Payments").unwrap();
    for acme in [50, 20] {
        payments.edit().replace(experiment("first", acme)).publish().await.unwrap();
    }
    payments.edit().clear().publish().await.unwrap();
    let revisions = store.revisions("Payments").await;
    let change = payments.edit().replace(experiment("first", 70));
    let resumed = change.preview().await.unwrap().state;
    store.empty();
    assert_ne!(change.preview().await.unwrap().state, resumed);
    store.fail_over(&revisions).await;
    assert_eq!(change.preview().await.unwrap().state, resumed);
}
