//! Faults of single revisions, which another program has written.

use feats::model::{Entry, FORMAT, Hash};
use feats::store::{Page, Redis as Store, Store as _};
use feats_servers::Redis;

use crate::harness::{FEATURES, Measured, Trial, fault};

#[test]
fn garbage() {
    fault::<Redis>("entry: garbage", || damage(|_| b"\xff\x00 not a revision \n\n".to_vec()));
}

#[test]
fn truncated() {
    fault::<Redis>("entry: truncated JSON", || {
        damage(|newest| {
            let half = newest.bytes.get(..newest.bytes.len() / 2).unwrap_or_default();
            encode(newest.version + 1, Hash::chained(&newest.hash, half), half)
        })
    });
}

#[test]
fn newer_format() {
    fault::<Redis>("entry: a format newer than the program", || {
        damage(|newest| {
            let (version, format) = (newest.version + 1, FORMAT + 1);
            let json = format!(
                r#"{{"format":{format},"feature":"{}","version":{version},"id":"newer","previous":"{}",
                "author":"a newer program","comment":"","time":"2027-01-01T00:00:00Z","states":["of a new kind"]}}"#,
                newest.feature, newest.hash
            );
            encode(version, Hash::chained(&newest.hash, json.as_bytes()), json.as_bytes())
        })
    });
}

/// Writes a value as the next revision of a feature, while the writers pause.
fn damage(value: impl Fn(&Entry) -> Vec<u8>) -> Measured {
    let redis = Redis::builder().appendonly().start();
    let mut trial = Trial::start(redis.url());
    trial.pause_writers();
    let [feature, _] = FEATURES;
    let newest = newest(&redis, feature);
    let version = newest.version + 1;
    append(&redis, feature, version, &value(&newest));
    trial.damaged(feature, version);
    trial.expect_quarantine(feature);
    // A new state ends the quarantine.
    trial.resume_writers();
    trial.healed();
    trial.end()
}

fn newest(redis: &Redis, feature: &str) -> Entry {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let store = Store::open(redis.url()).expect("a URL");
    let page = Page { before: None, limit: 1 };
    runtime.block_on(store.history(feature, page)).expect("a history").remove(0)
}

/// Encodes a revision as it is stored in Redis.
fn encode(version: u64, hash: Hash, bytes: &[u8]) -> Vec<u8> {
    let id = "damaged";
    [format!("{version} {hash} 0 {}\n{id}", id.len()).as_bytes(), bytes].concat()
}

/// Stores a value as the next revision in every key that contains revisions.
fn append(redis: &Redis, feature: &str, version: u64, value: &[u8]) {
    let (number, id) = (version.to_string(), format!("{version}-0"));
    let text = |text: &str| text.as_bytes().to_vec();
    let history = format!("{{feats}}:history:{feature}");
    redis.command::<()>(&[text("XADD"), text(&history), text(&id), text("revision"), value.to_vec()]);
    redis.command::<()>(&[text("HSET"), text("{feats}:current"), text(feature), value.to_vec()]);
    redis.command::<()>(&["HSET", "{feats}:versions", feature, &number]);
    let change = ["XADD", "{feats}:changes", "*", "feature", feature, "version", &number, "id", "damaged"];
    let change: Vec<Vec<u8>> = change.into_iter().map(text).chain([text("revision"), value.to_vec()]).collect();
    redis.command::<()>(&change);
}
