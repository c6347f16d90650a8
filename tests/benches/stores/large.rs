//! A program with many features.

use std::time::{Duration, Instant};

use feats::model::{Declaration, Entry, ValueKind};
use feats::store::{AppendOutcome, Memory, RevisionStamp, Store};
use feats::{App, AppBuilder};
use feats_servers::Moto;
use serde_json::{Map, Value as Json, json};
use tokio::time::sleep;

use crate::contender::{Contender, Server};
use crate::measure::{end, publish};

pub const FEATURES: usize = 10_000;

/// The time within which a program must be live.
const START_TIMEOUT: Duration = Duration::from_secs(120);

const AREA: &str = "large";

/// Returns a revision of each feature.
pub async fn entries() -> Vec<Entry> {
    let store = std::sync::Arc::new(Memory::new());
    let app = describe(store.clone()).start().await.expect("started");
    for index in 0..FEATURES {
        publish(&app.feature_named(&name(index)).expect("declared"), true).await.expect("published");
    }
    end([app]).await;
    store.load().await.expect("loaded").entries
}

/// Appends the revisions to an area of a store.
pub async fn fill(contender: &Contender, entries: &[Entry]) {
    let store = contender.open(AREA);
    let mut entries = entries.iter();
    if let Server::S3(server) = &contender.server {
        // Each append replaces the head, which lists all features. After the first one, the rest is written at once.
        let first = entries.next().expect("a revision");
        append(&*store, first).await;
        put(server, entries.as_slice());
        return;
    }
    for entry in entries {
        append(&*store, entry).await;
    }
}

/// Returns the time in which a program with all features starts and is live.
pub async fn start(contender: &Contender) -> Duration {
    let builder = describe(contender.open(AREA)).start_timeout(START_TIMEOUT);
    let begun = Instant::now();
    let app = builder.start().await.expect("started");
    // A store that needs longer than the time limit of a call needs several attempts.
    while !app.status().is_live() {
        assert!(begun.elapsed() < START_TIMEOUT, "{}: {:?}", contender.name, app.status());
        sleep(Duration::from_millis(1)).await;
    }
    let time = begun.elapsed();
    for index in [0, FEATURES - 1] {
        assert_eq!(app.feature_named(&name(index)).expect("declared").version(), 1);
    }
    end([app]).await;
    time
}

fn describe(store: impl Store) -> AppBuilder {
    let declaration = |index| Declaration::new(&name(index), ["acme", "premium"]).segment("Country", ValueKind::Text);
    (0..FEATURES).fold(App::builder().store(store).detached(), |builder, index| builder.declare(declaration(index)))
}

fn name(index: usize) -> String {
    format!("Feature{index:05}")
}

async fn append(store: &dyn Store, entry: &Entry) {
    let appended = store.append(RevisionStamp::default(), entry).await.expect("appended");
    assert_eq!(appended, AppendOutcome::Done);
}

/// Writes revisions and a head that lists them to a bucket with one revision, in the format of [`feats::store::S3`].
fn put(server: &Moto, entries: &[Entry]) {
    let folder = format!("/bench/{AREA}");
    let (status, head) = server.request("GET", &format!("{folder}/head.json"), "");
    assert_eq!(status, 200, "{head}");
    let mut head: Json = serde_json::from_str(&head).expect("JSON");
    let mut position = head["position"].as_u64().expect("a number");
    let mut features: Map<String, Json> = head["features"].as_object().expect("an object").clone();
    for Entry { feature, version, id, hash, bytes, .. } in entries {
        position += 1;
        let newest = json!({ "position": position, "version": version, "hash": hash.to_string(), "id": id });
        features.insert(feature.clone(), newest);
        let object = format!("{version} {hash} 0 {}\n{id}{}", id.len(), String::from_utf8_lossy(bytes));
        let key = format!("{folder}/revisions/{feature}/{version:020}-{hash}");
        assert_eq!(server.request("PUT", &key, &object).0, 200);
    }
    head["changes"] = json!([entries.last().expect("a revision").id]);
    head["position"] = position.into();
    head["features"] = features.into();
    assert_eq!(server.request("PUT", &format!("{folder}/head.json"), &head.to_string()).0, 200);
}
