//! Rows that were deleted by hand: they are reported, and affect only their feature.

use feats::model::{Declaration, Entry};
use feats::store::{Page, Store, contract};
use feats::{App, RestoreOutcome};
use sqlx::query;

use super::{execute, open, raw};
use crate::writing::{publish, verified};

#[tokio::test]
async fn lost_revisions_are_reported() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let lose = async |feature: &str, version: u64| {
        let delete = query("DELETE FROM revisions WHERE feature = ? AND version = ?");
        delete.bind(feature).bind(version as i64).execute(&mut raw(&path).await).await.unwrap();
    };
    contract::run_losses(|| open(&path), lose).await;
}

#[tokio::test]
async fn a_lost_list_of_newest_revisions_is_restored_by_the_next_append() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    for _ in 0..2 {
        publish(&store, "Fee").await.unwrap();
    }
    execute(&path, "DELETE FROM current").await;
    assert_eq!(store.versions().await.unwrap(), [("Fee".to_owned(), 2)]);
    assert_eq!(store.load().await.unwrap().entries[0].version, 2);
    publish(&store, "Fee").await.unwrap();
    assert_eq!(verified(&store, "Fee").await.len(), 3);
    assert_eq!(store.check().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_feature_whose_rows_are_lost_is_retained_and_put_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let features = ["Payments", "Fee"].map(|name| Declaration::new(name, ["acme", "premium"]));
    let builder = features.into_iter().fold(App::builder().store(open(&path)), feats::AppBuilder::declare);
    let app = builder.detached().start().await.unwrap();
    for feature in ["Payments", "Fee"] {
        app.feature_named(feature).unwrap().edit().otherwise("premium").publish().await.unwrap();
    }
    execute(&path, "DELETE FROM revisions WHERE feature = 'Payments'").await;
    app.refresh().await.unwrap();
    assert!(app.status().is_live(), "{:?}", app.status());
    let held: Vec<_> =
        app.status().retained.into_iter().map(|held| (held.feature, held.version, held.stored)).collect();
    assert_eq!(held, [("Payments".to_owned(), 1, 0)]);
    let warned = |app: &App| app.status().warnings.iter().any(|warning| warning.contains("\"Payments\" (1 of 1)"));
    assert!(warned(&app), "{:?}", app.status());
    let history = open(&path).history("Payments", Page::default()).await.unwrap();
    assert_eq!(history, [Entry::missing("Payments", 1)]);

    let restored = app.restore_retained().author("ada").publish().await.unwrap();
    assert!(matches!(restored.features[0].outcome, RestoreOutcome::Restored(1)), "{restored:?}");
    app.refresh().await.unwrap();
    assert!(!warned(&app) && app.status().retained.is_empty(), "{:?}", app.status());
    assert_eq!(open(&path).history("Payments", Page::default()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_without_a_log_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("feats.db");
    let store = open(&path);
    publish(&store, "Fee").await.unwrap();
    assert_eq!(store.check().await.unwrap(), [""; 0]);
    store.close().await;
    execute(&path, "PRAGMA journal_mode = DELETE").await;
    let warnings = store.check().await.unwrap();
    assert!(matches!(warnings.as_slice(), [one] if one.contains("journal mode delete")), "{warnings:?}");
    store.close().await;
    execute(&path, "PRAGMA journal_mode = WAL").await;
    assert_eq!(store.check().await.unwrap(), [""; 0]);
}
