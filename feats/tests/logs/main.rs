//! Test of the log: one line for each transition, and one warning when an outage begins. The subscriber is global to the process,
//! so this is a single test.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use feats::App;
use feats::model::Declaration;
use feats::store::{Memory, Sqlite};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Records the lines of feats.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<(Level, String)>>>);

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("feats")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0.lock().expect("not poisoned").push((*event.metadata().level(), message.0));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Recorder {
    /// Returns the number of lines of a level that contain a text.
    fn count(&self, level: Level, text: &str) -> usize {
        let lines = self.0.lock().expect("not poisoned");
        lines.iter().filter(|(line_level, line)| *line_level == level && line.contains(text)).count()
    }

    async fn until(&self, level: Level, text: &str, count: usize) {
        let started = Instant::now();
        while self.count(level, text) < count {
            assert!(started.elapsed() < Duration::from_secs(20), "no {level} {text:?}: {:?}", self.0.lock());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(self.count(level, text), count, "{:?}", self.0.lock());
    }
}

fn payments() -> Declaration {
    Declaration::new("Payments", ["acme", "premium"])
}

#[tokio::test]
async fn each_transition_logs_one_line_and_an_outage_logs_one_warning() {
    let recorder = Recorder::default();
    tracing::subscriber::set_global_default(recorder.clone()).expect("the only subscriber");
    let directory = tempfile::tempdir().expect("a directory");
    let (path, moved) = (directory.path().join("feats.db"), directory.path().join("moved.db"));
    let last = directory.path().join("last.jsonl");
    let open = || Sqlite::open(&path).expect("a path");
    let start = async |store: Sqlite| {
        let app = App::builder().store(store).declare(payments()).program("shop", "1.2.0").fallback_file(&last);
        app.detached().start().await.expect("started")
    };

    let app = start(open()).await;
    recorder.until(Level::INFO, "started \"shop\" with the store", 1).await;
    let feature = app.feature_named("Payments").expect("declared");
    feature.edit().otherwise("premium").author("ada").publish().await.expect("published");
    recorder.until(Level::INFO, "version 1 of \"Payments\" arrived, by \"ada\"", 1).await;

    // Changes of another program.
    let other = App::builder().store(open()).declare(payments()).detached().start().await.expect("started");
    let feature = other.feature_named("Payments").expect("declared");
    feature.pin("acme").author("eve").publish().await.expect("published");
    recorder
        .until(Level::INFO, "version 2 of \"Payments\" arrived, by \"eve\"; the feature is pinned to \"acme\"", 2)
        .await;
    feature.remove_state().author("eve").publish().await.expect("published");
    recorder.until(Level::INFO, "version 3 of \"Payments\" arrived, by \"eve\"; it removes the state", 2).await;
    other.shutdown().await.expect("stopped");
    recorder.until(Level::INFO, "stopped; the last snapshot decides", 1).await;
    let started = Instant::now();
    while !std::fs::read_to_string(&last).is_ok_and(|text| text.contains("\\\"version\\\":3")) {
        assert!(started.elapsed() < Duration::from_secs(20), "the fallback file is not written");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    app.shutdown().await.expect("stopped");
    recorder.until(Level::INFO, "stopped; the last snapshot decides", 2).await;

    // An outage: one warning regardless of the number of attempts, and one line at its end.
    std::fs::rename(&path, &moved).expect("moved");
    let app = start(open().must_exist()).await;
    recorder.until(Level::INFO, "using the fallback file, with 1 revision", 1).await;
    recorder.until(Level::WARN, "the store is unreachable; the fallback file decides", 1).await;
    let started = Instant::now();
    while app.status().connects < 4 {
        assert!(started.elapsed() < Duration::from_secs(20), "there are no further attempts");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(recorder.count(Level::WARN, "the store is unreachable"), 1);
    assert!(recorder.count(Level::DEBUG, "the store is still unreachable") >= 2);
    std::fs::rename(&moved, &path).expect("moved");
    recorder.until(Level::INFO, "the store is reachable again after", 1).await;
    app.shutdown().await.expect("stopped");

    let invalid = App::builder().store(Memory::new()).program("a\nb", "").detached().start().await;
    invalid.expect_err("a name can't contain control characters");
    let lines = recorder.0.lock().expect("not poisoned");
    assert!(lines.iter().all(|(_, line)| !line.contains('\n')), "{lines:?}");
}
