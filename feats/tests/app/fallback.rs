//! The fallback file belongs to one environment, or to one store: another one's is neither used nor overwritten.

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

/// An app pins an implementation, remembers that, and ends.
async fn remember(builder: AppBuilder, last: &Path, choice: &str) {
    let app = builder.start().await.expect("started");
    app.feature_named("Payments").expect("declared").pin(choice).publish().await.expect("published");
    until("it is remembered", || text(last).contains(choice)).await;
    app.shutdown().await.expect("stopped");
}

/// The warning about another one's file.
fn foreign(app: &App) -> Option<String> {
    app.status().warnings.into_iter().find(|warning| warning.contains("neither used nor overwritten"))
}

#[tokio::test]
async fn two_stores_on_one_path_do_not_decide_for_each_other() {
    let directory = tempfile::tempdir().expect("a directory");
    let (last, one) = (directory.path().join("last.jsonl"), directory.path().join("one.db"));
    remember(builder(sqlite(&one), &last), &last, "premium").await;
    let before = text(&last);

    let other = builder(sqlite(directory.path().join("other.db")), &last).start().await.expect("started");
    assert_eq!(chosen(&other), "acme");
    let warning = foreign(&other).expect("a warning");
    assert!(warning.contains("one.db") && warning.contains("other.db"), "{warning}");
    other.feature_named("Payments").expect("declared").pin("aperture").publish().await.expect("published");
    until("writing was refused", || foreign(&other).is_some()).await;
    other.shutdown().await.expect("stopped");
    assert_eq!(text(&last), before);

    // Once it is gone the other one has a file, and the warning ends.
    let other = builder(sqlite(directory.path().join("other.db")), &last).start().await.expect("started");
    assert!(foreign(&other).is_some());
    std::fs::remove_file(&last).expect("removed");
    other.feature_named("Payments").expect("declared").pin("premium").publish().await.expect("published");
    until("the warning ends", || foreign(&other).is_none() && text(&last).contains("other.db")).await;
}

#[tokio::test]
async fn an_environment_keeps_its_file_where_the_store_moves_and_another_one_does_not_get_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let last = directory.path().join("last.jsonl");
    remember(builder(sqlite(directory.path().join("one.db")), &last).environment("prod"), &last, "premium").await;

    let away = || sqlite(directory.path().join("no such directory").join("feats.db"));
    let moved = builder(away(), &last).environment("prod").start().await.expect("started");
    assert_eq!((chosen(&moved).as_str(), moved.status().config_source), ("premium", ConfigSource::FallbackFile));
    let staging = builder(away(), &last).environment("staging").start().await.expect("started");
    assert_eq!((chosen(&staging).as_str(), staging.status().config_source), ("acme", ConfigSource::Defaults));
    let warning = foreign(&staging).expect("a warning");
    assert!(warning.contains("\"prod\"") && warning.contains("\"staging\""), "{warning}");
    let unnamed = builder(away(), &last).start().await.expect("started");
    assert_eq!((chosen(&unnamed).as_str(), unnamed.status().config_source), ("acme", ConfigSource::Defaults));
}

#[cfg(feature = "redis")]
#[tokio::test]
async fn prefixes_and_databases_of_one_redis_are_different_stores() {
    use feats::store::Redis;
    let identity = |url: &str| Redis::open(url).expect("an address").identity();
    let base = identity("redis://user:secret@redis.example:6379");
    assert_eq!(base, identity("redis://redis.example:6379/0"), "a login is not part of it");
    assert!(!base.contains("secret"));
    for other in ["redis://redis.example/1", "redis://redis.example?prefix=shop", "redis://other.example"] {
        assert_ne!(base, identity(other));
    }
}

#[test]
fn a_relative_path_is_another_store_in_another_directory() {
    let store = sqlite("feats.db");
    assert_eq!(store.name(), "sqlite:feats.db");
    let here = std::env::current_dir().expect("a directory");
    assert_eq!(store.identity(), format!("sqlite:{}", here.join("feats.db").display()));
    assert_eq!(store.identity(), sqlite(here.join("feats.db")).identity());
}

#[tokio::test]
async fn a_file_that_names_nothing_is_used_and_belongs_to_who_writes_it_next() {
    let directory = tempfile::tempdir().expect("a directory");
    let (last, one) = (directory.path().join("last.jsonl"), directory.path().join("one.db"));
    remember(builder(sqlite(&one), &last), &last, "premium").await;
    let revisions = text(&last).split_once('\n').expect("two lines").1.to_owned();
    // The formats of earlier versions: with an epoch, without one, and a file that was written before it was known.
    let store = serde_json::json!({ "store": sqlite(&one).identity() });
    for first in ["{\"epoch\":\"7\"}\n".to_owned(), String::new(), format!("{store}\n")] {
        std::fs::write(&last, format!("{first}{revisions}")).expect("written");
        std::fs::rename(&one, directory.path().join("away.db")).expect("moved");
        let app = builder(sqlite(&one).must_exist(), &last).start().await.expect("started");
        assert_eq!((chosen(&app).as_str(), app.status().warnings.len()), ("premium", 0), "{:?}", app.status());
        app.shutdown().await.expect("stopped");
        std::fs::rename(directory.path().join("away.db"), &one).expect("moved");
        let app = builder(sqlite(&one), &last).start().await.expect("started");
        until("it names its store", || text(&last).lines().next().is_some_and(|line| line.contains("one.db"))).await;
        app.shutdown().await.expect("stopped");
    }
    // A line that is damaged is not taken for the first one.
    std::fs::write(&last, format!("{{}}\n{revisions}{{\"store\":\"other\"}}\n")).expect("written");
    let app = builder(Memory::new(), &last).start().await.expect("started");
    assert!(app.status().warnings.iter().any(|warning| warning.contains("2 lines")), "{:?}", app.status());
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_a_warning_until_it_can() {
    let directory = tempfile::tempdir().expect("a directory");
    let missing = directory.path().join("missing");
    let app = builder(Memory::new(), &missing.join("last.jsonl")).start().await.expect("started");
    let warned = || app.status().warnings.iter().filter(|warning| warning.contains("cannot be written")).count();
    until("it is told", || warned() == 1).await;
    app.feature_named("Payments").expect("declared").pin("premium").publish().await.expect("published");
    std::fs::create_dir(&missing).expect("made");
    until("it is written", || app.status().warnings.is_empty()).await;
    assert!(text(&missing.join("last.jsonl")).contains("premium"));
}
