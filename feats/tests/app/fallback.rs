//! Tests of the fallback file: it belongs to one environment or store, and a foreign file is neither used nor overwritten.

use std::path::Path;

use feats::store::{Memory, Sqlite, Store};
use feats::{App, AppBuilder, ConfigSource, attributes};

use crate::fixture::{payments, until};

fn builder(store: impl Store, last: &Path) -> AppBuilder {
    App::builder().store(store).declare(payments()).fallback_file(last).detached()
}

fn sqlite(path: impl AsRef<Path>) -> Sqlite {
    Sqlite::open(path).expect("a path")
}

fn chosen(app: &App) -> String {
    app.feature_named("Payments").expect("declared").explain(&attributes! {}).value().to_string()
}

fn text(last: &Path) -> String {
    std::fs::read_to_string(last).unwrap_or_default()
}

/// Runs an app that pins an implementation, until the fallback file has the pin.
async fn write_fallback(builder: AppBuilder, last: &Path, choice: &str) {
    let app = builder.start().await.expect("started");
    app.feature_named("Payments").expect("declared").pin(choice).publish().await.expect("published");
    until("the file is written", || text(last).contains(choice)).await;
    app.shutdown().await.expect("stopped");
}

/// Returns the warning about a foreign file.
fn foreign(app: &App) -> Option<String> {
    app.status().warnings.into_iter().find(|warning| warning.contains("neither used nor overwritten"))
}

#[tokio::test]
async fn two_stores_with_the_same_fallback_file_do_not_share_states() {
    let directory = tempfile::tempdir().expect("a directory");
    let (last, one) = (directory.path().join("last.jsonl"), directory.path().join("one.db"));
    write_fallback(builder(sqlite(&one), &last), &last, "premium").await;
    let before = text(&last);

    let other = builder(sqlite(directory.path().join("other.db")), &last).start().await.expect("started");
    assert_eq!(chosen(&other), "acme");
    let warning = foreign(&other).expect("a warning");
    assert!(warning.contains("one.db") && warning.contains("other.db"), "{warning}");
    other.feature_named("Payments").expect("declared").pin("aperture").publish().await.expect("published");
    until("the app does not write the file", || foreign(&other).is_some()).await;
    other.shutdown().await.expect("stopped");
    assert_eq!(text(&last), before);

    // Once the file is removed, the other app writes its own, and the warning ends.
    let other = builder(sqlite(directory.path().join("other.db")), &last).start().await.expect("started");
    assert!(foreign(&other).is_some());
    std::fs::remove_file(&last).expect("removed");
    other.feature_named("Payments").expect("declared").pin("premium").publish().await.expect("published");
    until("the warning ends", || foreign(&other).is_none() && text(&last).contains("other.db")).await;
}

#[tokio::test]
async fn an_environment_keeps_its_file_when_the_store_moves_and_other_environments_cannot_use_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let last = directory.path().join("last.jsonl");
    write_fallback(builder(sqlite(directory.path().join("one.db")), &last).environment("prod"), &last, "premium").await;

    let unreachable = || sqlite(directory.path().join("no such directory").join("feats.db"));
    let moved = builder(unreachable(), &last).environment("prod").start().await.expect("started");
    assert_eq!((chosen(&moved).as_str(), moved.status().config_source), ("premium", ConfigSource::FallbackFile));
    let staging = builder(unreachable(), &last).environment("staging").start().await.expect("started");
    assert_eq!((chosen(&staging).as_str(), staging.status().config_source), ("acme", ConfigSource::Defaults));
    let warning = foreign(&staging).expect("a warning");
    assert!(warning.contains("\"prod\"") && warning.contains("\"staging\""), "{warning}");
    let unnamed = builder(unreachable(), &last).start().await.expect("started");
    assert_eq!((chosen(&unnamed).as_str(), unnamed.status().config_source), ("acme", ConfigSource::Defaults));
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn prefixes_and_databases_of_one_redis_are_different_stores() {
    use feats::store::Redis;
    let identity = |url: &str| Redis::open(url).expect("an address").identity();
    let base = identity("redis://user:secret@redis.example:6379");
    assert_eq!(base, identity("redis://redis.example:6379/0"), "the login is not part of the identity");
    assert!(!base.contains("secret"));
    for other in ["redis://redis.example/1", "redis://redis.example?prefix=shop", "redis://other.example"] {
        assert_ne!(base, identity(other));
    }
}

#[test]
fn a_relative_path_is_a_different_store_in_each_directory() {
    let store = sqlite("feats.db");
    assert_eq!(store.name(), "sqlite:feats.db");
    let current = std::env::current_dir().expect("a directory");
    assert_eq!(store.identity(), format!("sqlite:{}", current.join("feats.db").display()));
    assert_eq!(store.identity(), sqlite(current.join("feats.db")).identity());
}

#[tokio::test]
async fn a_file_without_an_owner_is_used_and_belongs_to_the_next_writer() {
    let directory = tempfile::tempdir().expect("a directory");
    let (last, one) = (directory.path().join("last.jsonl"), directory.path().join("one.db"));
    write_fallback(builder(sqlite(&one), &last), &last, "premium").await;
    let revisions = text(&last).split_once('\n').expect("two lines").1.to_owned();
    // The formats of earlier versions: with an epoch, without a first line, and with a store but no epoch.
    let store = serde_json::json!({ "store": sqlite(&one).identity() });
    for first in ["{\"epoch\":\"7\"}\n".to_owned(), String::new(), format!("{store}\n")] {
        std::fs::write(&last, format!("{first}{revisions}")).expect("written");
        std::fs::rename(&one, directory.path().join("moved.db")).expect("moved");
        let app = builder(sqlite(&one).must_exist(), &last).start().await.expect("started");
        assert_eq!((chosen(&app).as_str(), app.status().warnings.len()), ("premium", 0), "{:?}", app.status());
        app.shutdown().await.expect("stopped");
        std::fs::rename(directory.path().join("moved.db"), &one).expect("moved");
        let app = builder(sqlite(&one), &last).start().await.expect("started");
        until("the file names its store", || text(&last).lines().next().is_some_and(|line| line.contains("one.db")))
            .await;
        app.shutdown().await.expect("stopped");
    }
    // A damaged line does not count as the first one.
    std::fs::write(&last, format!("{{}}\n{revisions}{{\"store\":\"other\"}}\n")).expect("written");
    let app = builder(Memory::new(), &last).start().await.expect("started");
    assert!(app.status().warnings.iter().any(|warning| warning.contains("2 damaged lines")), "{:?}", app.status());
}

#[tokio::test]
async fn a_file_that_cannot_be_written_causes_a_warning_until_it_can() {
    let directory = tempfile::tempdir().expect("a directory");
    let missing = directory.path().join("missing");
    let app = builder(Memory::new(), &missing.join("last.jsonl")).start().await.expect("started");
    let warnings = || app.status().warnings.iter().filter(|warning| warning.contains("cannot be written")).count();
    until("there is a warning", || warnings() == 1).await;
    app.feature_named("Payments").expect("declared").pin("premium").publish().await.expect("published");
    std::fs::create_dir(&missing).expect("made");
    until("the file is written", || app.status().warnings.is_empty()).await;
    until("the file has the pin", || text(&missing.join("last.jsonl")).contains("premium")).await;
}
