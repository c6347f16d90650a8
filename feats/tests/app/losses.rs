//! A store that has lost revisions: what decided before goes on deciding, is reported, and can be put back.

use std::path::Path;
use std::time::{Duration, SystemTime};

use feats::model::Declaration;
use feats::store::Sqlite;
use feats::{App, ConfigSource, RestoreOutcome, State, Timestamp, attributes};

use crate::fallible::Fallible;
use crate::fixture::{app_on, each_file, payments, until};

fn state(choice: &str) -> State {
    format!(r#"{{"otherwise": {{"static": "{choice}"}}}}"#).parse().expect("JSON")
}

fn chosen(app: &App) -> (String, u64) {
    let payments = app.feature_named("Payments").expect("declared");
    (payments.explain(&attributes! {}).value().to_string(), payments.version())
}

/// Two apps on one store, which have both seen two versions.
async fn two_apps() -> (Fallible, App, App) {
    let store = Fallible::new();
    let (one, other) = (app_on(store.clone()).await, app_on(store.clone()).await);
    let payments = one.feature_named("Payments").expect("declared");
    payments.edit().otherwise("aperture").publish().await.expect("published");
    payments.edit().otherwise("premium").publish().await.expect("published");
    until("the other app has it", || chosen(&other) == ("premium".to_owned(), 2)).await;
    (store, one, other)
}

async fn until_held(app: &App, stored: u64) {
    until("it is held over", || app.status().retained.iter().any(|held| held.stored == stored)).await;
    assert_eq!(chosen(app), ("premium".to_owned(), 2));
}

#[tokio::test]
async fn an_emptied_store_is_noticed_by_its_epoch_and_what_it_had_goes_on_deciding() {
    let (store, one, other) = two_apps().await;
    let epoch = one.status().epoch;
    store.empty();
    for app in [&one, &other] {
        until_held(app, 0).await;
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
    assert_eq!(chosen(&one), ("premium".to_owned(), 2), "reading again changes nothing");
    let running = one.instances().await.expect("the store answers");
    assert!(running.iter().all(|instance| instance.retained == 1), "{running:?}");
}

#[tokio::test]
async fn publishing_on_what_is_held_over_says_why_not_and_begins_anew_when_told_to() {
    let (store, one, other) = two_apps().await;
    store.empty();
    until_held(&one, 0).await;
    let payments = one.feature_named("Payments").expect("declared");
    let error = payments.edit().otherwise("acme").publish().await.expect_err("there is no version 2");
    assert!(error.is_conflict() && error.current_version() == Some(0), "{error}");
    for said in ["emptied or restored", "no version", "feats restore", "expect_version(0)"] {
        assert!(error.message().contains(said), "{error}");
    }
    let published = payments.edit().replace(state("acme")).expect_version(0).publish().await.expect("published");
    assert_eq!((published.version(), chosen(&one)), (1, ("acme".to_owned(), 1)));
    assert_eq!(one.status().retained, []);
    until("the other app follows", || chosen(&other) == ("acme".to_owned(), 1)).await;
    assert_eq!(other.status().retained, []);
}

#[tokio::test]
async fn a_restored_backup_does_not_take_decisions_back() {
    let (store, one, other) = two_apps().await;
    let backup = store.revisions("Payments").await;
    store.restore(&backup[..1]).await;
    for app in [&one, &other] {
        until_held(app, 1).await;
    }
    let payments = one.feature_named("Payments").expect("declared");
    let error = payments.pin("acme").publish().await.expect_err("there is no version 2");
    assert!(error.message().contains("only version 1") && error.message().contains("expect_version(1)"), "{error}");
    // Whoever has a clock that is behind is heard as well.
    let behind = Timestamp::from_millis(Timestamp::from(SystemTime::now()).as_millis() - 3_600_000);
    store.write("Payments", &state("acme"), behind).await;
    for app in [&one, &other] {
        until("what was written since is taken", || chosen(app) == ("acme".to_owned(), 2)).await;
        assert_eq!(app.status().retained, []);
    }
}

#[tokio::test]
async fn what_was_written_before_the_loss_was_noticed_is_taken_by_all() {
    let (store, one, other) = two_apps().await;
    store.set_away(true);
    until("both have lost it", || !one.status().is_live() && !other.status().is_live()).await;
    store.empty();
    store.write("Payments", &state("acme"), Timestamp::from(SystemTime::now())).await;
    for app in [&one, &other] {
        until("it is taken", || chosen(app) == ("acme".to_owned(), 1)).await;
        assert_eq!(app.status().retained, []);
    }
}

#[tokio::test]
async fn a_failover_that_lost_the_newest_revision_is_held_over_until_another_is_written() {
    let (store, one, other) = two_apps().await;
    let copy = store.revisions("Payments").await;
    let epoch = one.status().epoch;
    store.fail_over(&copy[..1]).await;
    until_held(&one, 1).await;
    assert_eq!(one.status().epoch, epoch);
    store.write("Payments", &state("acme"), Timestamp::from(SystemTime::now())).await;
    for app in [&one, &other] {
        until("the other version 2 is taken", || chosen(app) == ("acme".to_owned(), 2)).await;
        assert_eq!(app.status().retained, []);
    }
    one.feature_named("Payments").expect("declared").pin("premium").publish().await.expect("published");
}

#[tokio::test]
async fn what_is_held_over_can_be_put_back_by_a_running_program() {
    let (store, one, other) = two_apps().await;
    let lost = store.revisions("Payments").await.pop().expect("a revision");
    store.empty();
    until_held(&one, 0).await;
    let preview = one.restore_retained().preview().await.expect("the store answers");
    assert!(matches!(preview.features[0].outcome, RestoreOutcome::PutBack(1)), "{preview:?}");
    assert_eq!(store.revisions("Payments").await.len(), 0, "a preview writes nothing");

    let restored = one.restore_retained().author("ada").publish().await.expect("restored");
    assert_eq!((restored.failed().count(), restored.features[0].version, restored.features[0].stored), (0, 2, 0));
    let payments = one.feature_named("Payments").expect("declared");
    let revision = payments.revision().expect("it stands");
    assert_eq!((revision.version(), revision.author()), (1, "ada"));
    assert_eq!(revision.comment(), format!("restored from version 2 of {}", lost.decode().expect("good").time()));
    assert_eq!(revision.state_json(), lost.decode().expect("good").state_json());
    for app in [&one, &other] {
        until("it is stored again", || chosen(app) == ("premium".to_owned(), 1)).await;
        assert_eq!(app.status().retained, []);
    }
    assert!(one.restore_retained().publish().await.expect("nothing to do").features.is_empty());
}

#[tokio::test]
async fn a_start_after_a_loss_goes_on_by_the_last_known_good_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let last = directory.path().join("last.jsonl");
    let store = Fallible::new();
    let start = || async {
        let app = App::builder().store(store.clone()).declare(payments()).fallback_file(&last).detached();
        app.start().await.expect("started")
    };
    let app = start().await;
    let feature = app.feature_named("Payments").expect("declared");
    feature.edit().otherwise("aperture").publish().await.expect("published");
    let backup = store.revisions("Payments").await;
    feature.edit().otherwise("premium").publish().await.expect("published");
    until("it is remembered", || std::fs::read_to_string(&last).is_ok_and(|text| text.contains("premium"))).await;
    app.shutdown().await.expect("stopped");

    for (stored, revisions) in [(0, &backup[..0]), (1, &backup[..])] {
        store.restore(revisions).await;
        let app = start().await;
        until_held(&app, stored).await;
        let told = app.status().warnings.iter().any(|warning| warning.contains("emptied or restored"));
        assert!(told && app.status().config_source == ConfigSource::Store, "{:?}", app.status());
        app.shutdown().await.expect("stopped");
    }
    // A file of an earlier version has no first line with the epoch.
    let text = std::fs::read_to_string(&last).expect("read");
    std::fs::write(&last, text.split_once('\n').expect("two lines").1).expect("written");
    until_held(&start().await, 1).await;

    // Long after the loss others have gone on, and a file of before does not count any more.
    store.empty();
    store.write("Payments", &state("acme"), Timestamp::from(SystemTime::now())).await;
    assert_eq!(chosen(&start().await), ("acme".to_owned(), 1));
}

#[tokio::test]
async fn a_last_known_good_file_puts_back_what_is_lost_and_nothing_else() {
    let directory = tempfile::tempdir().expect("a directory");
    let last = directory.path().join("last.jsonl");
    let names = ["Lost", "Older", "Stands", "Since", "Removed"];
    let store = Fallible::new();
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
    until("it is remembered", || text().matches("premium").count() == 4).await;
    app.shutdown().await.expect("stopped");
    let mut kept = store.revisions("Stands").await;
    kept.extend(store.revisions("Older").await.into_iter().take(1));
    kept.extend(store.revisions("Removed").await.into_iter().take(1));
    store.restore(&kept).await;
    store.write("Since", &state("acme"), Timestamp::from(SystemTime::now())).await;
    std::fs::write(&last, text() + "half a line").expect("written");

    let tool = App::builder().store(store.clone()).detached().start().await.expect("started");
    let restored = tool.restore(&last).author("ada").publish().await.expect("restored");
    assert_eq!(restored.damaged, 1);
    let told: Vec<_> = restored.features.iter().map(|it| (it.feature.as_str(), &it.outcome)).collect();
    use RestoreOutcome::{PutBack, UpToDate, WrittenSince};
    let expected = [
        ("Lost", matches!(told[0].1, PutBack(1))),
        ("Older", matches!(told[1].1, PutBack(2))),
        ("Removed", matches!(told[2].1, PutBack(2))),
        ("Since", matches!(told[3].1, WrittenSince)),
        ("Stands", matches!(told[4].1, UpToDate)),
    ];
    assert!(told.iter().zip(expected).all(|(told, (name, holds))| told.0 == name && holds), "{told:?}");
    assert!(store.revisions("Removed").await.pop().expect("a tombstone").removed);

    let again = tool.restore(&last).publish().await.expect("nothing to do");
    assert!(again.features.iter().all(|it| !matches!(it.outcome, PutBack(_))), "{again:?}");
    let over = tool.restore(&last).overwrite().publish().await.expect("overwritten");
    assert!(matches!(over.features[3].outcome, PutBack(2)), "{over:?}");
    let missing = tool.restore(directory.path().join("none")).publish().await.expect_err("no file");
    assert!(missing.is_not_found(), "{missing}");
}

#[tokio::test]
async fn a_file_set_back_under_a_running_program_is_a_loss() {
    set_back(async |_, _| ()).await;
}

#[tokio::test]
async fn a_file_set_back_while_it_was_away_is_a_loss() {
    set_back(async |app, path| {
        std::fs::remove_file(path).expect("removed");
        until("it is away", || !app.status().is_live()).await;
    })
    .await;
}

async fn set_back(before: impl AsyncFnOnce(&App, &Path)) {
    let directory = tempfile::tempdir().expect("a directory");
    let (path, copy) = (directory.path().join("feats.db"), directory.path().join("copy.db"));
    let store = Sqlite::open(&path).expect("a path");
    let app = app_on(store.clone()).await;
    let feature = app.feature_named("Payments").expect("declared");
    feature.edit().otherwise("aperture").publish().await.expect("published");
    app.shutdown().await.expect("stopped");
    store.close().await;
    each_file(&path, &copy, |from, to| std::fs::copy(from, to).map(drop));

    // Whoever looks between the removal of the log and the change of files would bring the old log back; and a file that is
    // gone would be made anew.
    let seldom = Sqlite::open(&path).expect("a path").poll_every(Duration::from_secs(2)).must_exist();
    let app = app_on(seldom).await;
    let epoch = app.status().epoch;
    app.feature_named("Payments").expect("declared").edit().otherwise("premium").publish().await.expect("published");
    before(&app, &path).await;
    for beside in ["feats.db-wal", "feats.db-shm"] {
        let _ = std::fs::remove_file(directory.path().join(beside));
    }
    each_file(&copy, &path, std::fs::rename);
    until_held(&app, 1).await;
    assert_ne!(app.status().epoch, epoch, "it is noticed by its epoch");
    app.restore_retained().publish().await.expect("restored");
    assert_eq!((chosen(&app), app.status().retained), (("premium".to_owned(), 2), Vec::new()));
}
