//! Tests of a store that has lost revisions: lost revisions are retained, continue to decide, are reported, and can be restored.

use std::path::Path;
use std::time::{Duration, SystemTime};

use feats::model::Declaration;
use feats::store::Sqlite;
use feats::{App, ConfigSource, RestoreOutcome, State, Timestamp, attributes};

use crate::fixture::{app_on, each_file, payments, until};
use crate::flaky_store::FlakyStore;

fn state(choice: &str) -> State {
    format!(r#"{{"otherwise": {{"static": "{choice}"}}}}"#).parse().expect("JSON")
}

fn chosen(app: &App) -> (String, u64) {
    let payments = app.feature_named("Payments").expect("declared");
    (payments.explain(&attributes! {}).value().to_string(), payments.version())
}

/// Starts two apps on one store, which have both received two versions.
async fn two_apps() -> (FlakyStore, App, App) {
    let store = FlakyStore::new();
    let (one, other) = (app_on(store.clone()).await, app_on(store.clone()).await);
    let payments = one.feature_named("Payments").expect("declared");
    payments.edit().otherwise("aperture").publish().await.expect("published");
    payments.edit().otherwise("premium").publish().await.expect("published");
    until("the other app has version 2", || chosen(&other) == ("premium".to_owned(), 2)).await;
    (store, one, other)
}

async fn until_retained(app: &App, stored: u64) {
    until("it is retained", || app.status().retained.iter().any(|retained| retained.stored == stored)).await;
    assert_eq!(chosen(app), ("premium".to_owned(), 2));
}

#[tokio::test]
async fn an_emptied_store_is_detected_by_its_epoch_and_lost_revisions_continue_to_decide() {
    let (store, one, other) = two_apps().await;
    let epoch = one.status().epoch;
    store.empty();
    for app in [&one, &other] {
        until_retained(app, 0).await;
        let status = app.status();
        assert!(status.is_live() && status.config_source == ConfigSource::Store && status.epoch != epoch, "{status:?}");
        assert_eq!(
            (status.retained.len(), status.retained[0].feature.as_str(), status.retained[0].version),
            (1, "Payments", 2)
        );
        let emptied = |warning: &String| warning.contains("emptied or restored") && warning.contains("feats restore");
        assert_eq!(status.warnings.iter().filter(|warning| emptied(warning)).count(), 1, "{status:?}");
    }
    one.refresh().await.expect("refreshed");
    assert_eq!(chosen(&one), ("premium".to_owned(), 2), "a refresh changes nothing");
    let running = one.instances().await.expect("the store answers");
    assert!(running.iter().all(|instance| instance.retained == 1), "{running:?}");
}

#[tokio::test]
async fn publishing_on_a_retained_revision_is_a_conflict_with_advice_and_works_with_the_stored_version() {
    let (store, one, other) = two_apps().await;
    store.empty();
    until_retained(&one, 0).await;
    let payments = one.feature_named("Payments").expect("declared");
    let error = payments.edit().otherwise("acme").publish().await.expect_err("there is no version 2");
    assert!(error.is_conflict() && error.current_version() == Some(0), "{error}");
    for part in ["emptied or restored", "no version", "feats restore", "expect_version(0)"] {
        assert!(error.message().contains(part), "{error}");
    }
    let published = payments.edit().replace(state("acme")).expect_version(0).publish().await.expect("published");
    assert_eq!((published.version(), chosen(&one)), (1, ("acme".to_owned(), 1)));
    assert_eq!(one.status().retained, []);
    until("the other app follows", || chosen(&other) == ("acme".to_owned(), 1)).await;
    assert_eq!(other.status().retained, []);
}

#[tokio::test]
async fn a_restored_backup_does_not_revert_decisions() {
    let (store, one, other) = two_apps().await;
    let backup = store.revisions("Payments").await;
    store.restore(&backup[..1]).await;
    for app in [&one, &other] {
        until_retained(app, 1).await;
    }
    let payments = one.feature_named("Payments").expect("declared");
    let error = payments.pin("acme").publish().await.expect_err("there is no version 2");
    assert!(error.message().contains("only version 1") && error.message().contains("expect_version(1)"), "{error}");
    // A revision by a program whose clock is behind also arrives.
    let behind = Timestamp::from_millis(Timestamp::from(SystemTime::now()).as_millis() - 3_600_000);
    store.write("Payments", &state("acme"), behind).await;
    for app in [&one, &other] {
        until("the revision that was written since decides", || chosen(app) == ("acme".to_owned(), 2)).await;
        assert_eq!(app.status().retained, []);
    }
}

#[tokio::test]
async fn a_revision_that_was_written_before_the_loss_was_noticed_is_accepted_by_all_programs() {
    let (store, one, other) = two_apps().await;
    store.set_unreachable(true);
    until("both apps are disconnected", || !one.status().is_live() && !other.status().is_live()).await;
    store.empty();
    store.write("Payments", &state("acme"), Timestamp::from(SystemTime::now())).await;
    for app in [&one, &other] {
        until("the new revision decides", || chosen(app) == ("acme".to_owned(), 1)).await;
        assert_eq!(app.status().retained, []);
    }
}

#[tokio::test]
async fn a_revision_that_a_failover_lost_is_retained_until_another_is_written() {
    let (store, one, other) = two_apps().await;
    let copy = store.revisions("Payments").await;
    let epoch = one.status().epoch;
    store.fail_over(&copy[..1]).await;
    until_retained(&one, 1).await;
    assert_eq!(one.status().epoch, epoch);
    store.write("Payments", &state("acme"), Timestamp::from(SystemTime::now())).await;
    for app in [&one, &other] {
        until("the new version 2 decides", || chosen(app) == ("acme".to_owned(), 2)).await;
        assert_eq!(app.status().retained, []);
    }
    one.feature_named("Payments").expect("declared").pin("premium").publish().await.expect("published");
}

#[tokio::test]
async fn a_running_program_can_restore_retained_revisions() {
    let (store, one, other) = two_apps().await;
    let lost = store.revisions("Payments").await.pop().expect("a revision");
    store.empty();
    until_retained(&one, 0).await;
    let preview = one.restore_retained().preview().await.expect("the store answers");
    assert!(matches!(preview.features[0].outcome, RestoreOutcome::Restored(1)), "{preview:?}");
    assert_eq!(store.revisions("Payments").await.len(), 0, "a preview writes nothing");

    let restored = one.restore_retained().author("ada").publish().await.expect("restored");
    assert_eq!((restored.failed().count(), restored.features[0].version, restored.features[0].stored), (0, 2, 0));
    let payments = one.feature_named("Payments").expect("declared");
    let revision = payments.revision().expect("a revision");
    assert_eq!((revision.version(), revision.author()), (1, "ada"));
    assert_eq!(revision.comment(), format!("restored from version 2 of {}", lost.decode().expect("valid").time()));
    assert_eq!(revision.state_json(), lost.decode().expect("valid").state_json());
    for app in [&one, &other] {
        until("the restored version decides", || chosen(app) == ("premium".to_owned(), 1)).await;
        assert_eq!(app.status().retained, []);
    }
    assert!(one.restore_retained().publish().await.expect("nothing to do").features.is_empty());
}

#[tokio::test]
async fn a_start_after_a_loss_retains_the_revisions_in_the_fallback_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let last = directory.path().join("last.jsonl");
    let store = FlakyStore::new();
    let start = || async {
        let app = App::builder().store(store.clone()).declare(payments()).fallback_file(&last).detached();
        app.start().await.expect("started")
    };
    let app = start().await;
    let feature = app.feature_named("Payments").expect("declared");
    feature.edit().otherwise("aperture").publish().await.expect("published");
    let backup = store.revisions("Payments").await;
    feature.edit().otherwise("premium").publish().await.expect("published");
    until("the file is written", || std::fs::read_to_string(&last).is_ok_and(|text| text.contains("premium"))).await;
    app.shutdown().await.expect("stopped");

    for (stored, revisions) in [(0, &backup[..0]), (1, &backup[..])] {
        store.restore(revisions).await;
        let app = start().await;
        until_retained(&app, stored).await;
        let is_reported = app.status().warnings.iter().any(|warning| warning.contains("emptied or restored"));
        assert!(is_reported && app.status().config_source == ConfigSource::Store, "{:?}", app.status());
        app.shutdown().await.expect("stopped");
    }
    // A file of an earlier version has no first line with the epoch.
    let text = std::fs::read_to_string(&last).expect("read");
    std::fs::write(&last, text.split_once('\n').expect("two lines").1).expect("written");
    until_retained(&start().await, 1).await;

    // After a loss that other programs have published over, an older fallback file is ignored.
    store.empty();
    store.write("Payments", &state("acme"), Timestamp::from(SystemTime::now())).await;
    assert_eq!(chosen(&start().await), ("acme".to_owned(), 1));
}

#[tokio::test]
async fn a_restore_from_a_fallback_file_restores_only_lost_revisions() {
    let directory = tempfile::tempdir().expect("a directory");
    let last = directory.path().join("last.jsonl");
    let names = ["Lost", "Older", "UpToDate", "Since", "Removed"];
    let store = FlakyStore::new();
    let builder = App::builder().store(store.clone()).fallback_file(&last).detached();
    let app = names.into_iter().fold(builder, |app, name| app.declare(Declaration::new(name, ["acme", "premium"])));
    let app = app.start().await.expect("started");
    for name in names {
        let feature = app.feature_named(name).expect("declared");
        feature.pin("acme").publish().await.expect("published");
        feature.pin("premium").publish().await.expect("published");
    }
    app.feature_named("Removed").expect("declared").remove_state().publish().await.expect("removed");
    let text = || std::fs::read_to_string(&last).unwrap_or_default();
    let has_tombstone = || text().contains(r#"\"state\":null"#);
    until("the file is written", || text().matches("premium").count() == 4 && has_tombstone()).await;
    app.shutdown().await.expect("stopped");
    let mut kept = store.revisions("UpToDate").await;
    kept.extend(store.revisions("Older").await.into_iter().take(1));
    kept.extend(store.revisions("Removed").await.into_iter().take(1));
    store.restore(&kept).await;
    store.write("Since", &state("acme"), Timestamp::from(SystemTime::now())).await;
    std::fs::write(&last, text() + "half a line").expect("written");

    let tool = App::builder().store(store.clone()).detached().start().await.expect("started");
    let restored = tool.restore(&last).author("ada").publish().await.expect("restored");
    assert_eq!(restored.damaged, 1);
    let outcomes: Vec<_> = restored.features.iter().map(|it| (it.feature.as_str(), &it.outcome)).collect();
    use RestoreOutcome::{Restored, UpToDate, WrittenSince};
    let expected = [
        ("Lost", matches!(outcomes[0].1, Restored(1))),
        ("Older", matches!(outcomes[1].1, Restored(2))),
        ("Removed", matches!(outcomes[2].1, Restored(2))),
        ("Since", matches!(outcomes[3].1, WrittenSince)),
        ("UpToDate", matches!(outcomes[4].1, UpToDate)),
    ];
    let is_expected = outcomes.iter().zip(expected).all(|(outcome, (name, matches))| outcome.0 == name && matches);
    assert!(is_expected, "{outcomes:?}");
    assert!(store.revisions("Removed").await.pop().expect("a tombstone").removed);

    let again = tool.restore(&last).publish().await.expect("nothing to do");
    assert!(again.features.iter().all(|it| !matches!(it.outcome, Restored(_))), "{again:?}");
    let overwritten = tool.restore(&last).overwrite().publish().await.expect("overwritten");
    assert!(matches!(overwritten.features[3].outcome, Restored(2)), "{overwritten:?}");
    let missing = tool.restore(directory.path().join("none")).publish().await.expect_err("no file");
    assert!(missing.is_not_found(), "{missing}");
}

#[tokio::test]
async fn a_file_that_is_replaced_by_a_backup_under_a_running_program_is_a_loss() {
    replace_by_backup(async |_, _| ()).await;
}

#[tokio::test]
async fn a_file_that_is_replaced_by_a_backup_during_an_outage_is_a_loss() {
    replace_by_backup(async |app, path| {
        std::fs::remove_file(path).expect("removed");
        until("the store is unreachable", || !app.status().is_live()).await;
    })
    .await;
}

async fn replace_by_backup(before: impl AsyncFnOnce(&App, &Path)) {
    let directory = tempfile::tempdir().expect("a directory");
    let (path, copy) = (directory.path().join("feats.db"), directory.path().join("copy.db"));
    let store = Sqlite::open(&path).expect("a path");
    let app = app_on(store.clone()).await;
    let feature = app.feature_named("Payments").expect("declared");
    feature.edit().otherwise("aperture").publish().await.expect("published");
    app.shutdown().await.expect("stopped");
    store.close().await;
    each_file(&path, &copy, |from, to| std::fs::copy(from, to).map(drop));

    // The store polls rarely, because a poll between the removal of the log and the replacement of the file would restore the
    // old log; and the file must exist, because a missing one would be created again.
    let rarely_polled = Sqlite::open(&path).expect("a path").poll_every(Duration::from_secs(2)).must_exist();
    let app = app_on(rarely_polled).await;
    let epoch = app.status().epoch;
    app.feature_named("Payments").expect("declared").edit().otherwise("premium").publish().await.expect("published");
    before(&app, &path).await;
    for name in ["feats.db-wal", "feats.db-shm"] {
        let _ = std::fs::remove_file(directory.path().join(name));
    }
    each_file(&copy, &path, std::fs::rename);
    until_retained(&app, 1).await;
    assert_ne!(app.status().epoch, epoch, "the loss is detected by the epoch");
    app.restore_retained().publish().await.expect("restored");
    assert_eq!((chosen(&app), app.status().retained), (("premium".to_owned(), 2), Vec::new()));
}
