//! Access control, and facts about the agent.

use std::time::Duration;

use feats::ErrorKind;
use feats::store::{AppendOutcome, Consul, Cursor, RevisionStamp, Store};

use crate::writing::{publish, revision};

const NO_PERMISSION: &str = "the token lacks a permission; the docs of feats::store::Consul list the required policy";

/// Creates a token with these rules, and returns its secret.
fn token(server: &feats_servers::Consul, name: &str, rules: &str) -> String {
    let policy = serde_json::json!({ "Name": name, "Rules": rules }).to_string();
    let (status, body) = server.request("PUT", "/v1/acl/policy", &policy);
    assert_eq!(status, 200, "{body}");
    let token = serde_json::json!({ "Policies": [{ "Name": name }] }).to_string();
    let (status, body) = server.request("PUT", "/v1/acl/token", &token);
    assert_eq!(status, 200, "{body}");
    let token: serde_json::Value = serde_json::from_str(&body).unwrap();
    token["SecretID"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_policy_in_the_docs_is_sufficient_and_limited_to_one_base_key() {
    if !feats_servers::Consul::available() {
        return;
    }
    let docs = include_str!("../../../src/store/consul/consul.md");
    let (_, rules) = docs.split_once("```text").unwrap();
    let rules = rules.split("```").next().unwrap();
    let server = feats_servers::Consul::builder().access_control().start();
    let open = |token: &str| Consul::open(server.url()).unwrap().token(token);

    let store = open(&token(&server, "feats", rules));
    let cursor = store.load().await.unwrap().cursor;
    let first = publish(&store, "Fee").await.unwrap();
    let late = store.append(RevisionStamp::default(), &revision("Fee", None, 10)).await.unwrap();
    assert_eq!(late, AppendOutcome::Conflict(Some(first.clone())));
    store.watch(&cursor, Duration::from_millis(1)).await.unwrap();
    let ahead = Cursor(format!("{}:99:x", store.epoch().await.unwrap()));
    store.watch(&ahead, Duration::ZERO).await.unwrap();
    store.records().unwrap().put("kind", "key", b"", Some(Duration::ZERO)).await.unwrap();
    store.records().unwrap().list("kind").await.unwrap();
    store.versions().await.unwrap();
    assert_eq!(store.check().await.unwrap().len(), 1, "the agent runs in development mode");
    let report = store.server().await.unwrap();
    assert!(report.version.unwrap().starts_with("Consul 1."));
    assert!(report.time.is_some());
    assert_eq!(report.missing_rights, [""; 0]);
    refused(&store.clone().base_key("other"), NO_PERMISSION).await;

    // Without the rule for the agent, checks that need it are left out.
    let keys_only = open(&token(&server, "keys", r#"key_prefix "feats/" { policy = "write" }"#));
    publish(&keys_only, "Fee").await.unwrap();
    assert_eq!(keys_only.check().await.unwrap(), [""; 0]);
    let report = keys_only.server().await.unwrap();
    assert_eq!((report.version, report.missing_rights), (None, vec!["agent read".to_owned()]));

    let reader = open(&token(&server, "reader", r#"key_prefix "feats/" { policy = "read" }"#));
    assert_eq!(reader.load().await.unwrap().entries.len(), 1);
    let error = reader.append(RevisionStamp::default(), &revision("New", None, 10)).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, NO_PERMISSION), "{error:?}");
    let report = reader.server().await.unwrap();
    assert_eq!(report.missing_rights, ["agent read", "key_prefix \"feats/\" write"]);

    refused(&Consul::open(server.url()).unwrap(), NO_PERMISSION).await;
    refused(&open("7e57ab1e-0000-4000-8000-000000005ec7"), "Consul does not know the token").await;
    refused(&open("5ec7\n"), "the token contains characters that a header of HTTP cannot carry").await;
}

/// Checks that every use fails with this error, which contains no secret.
async fn refused(store: &Consul, message: &str) {
    for error in [
        store.load().await.map(drop).unwrap_err(),
        store.epoch().await.map(drop).unwrap_err(),
        store.append(RevisionStamp::default(), &revision("Fee", None, 10)).await.map(drop).unwrap_err(),
        store.watch(&Cursor("a:0:".to_owned()), Duration::ZERO).await.map(drop).unwrap_err(),
        store.records().unwrap().put("kind", "key", b"", None).await.map(drop).unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("5ec7"), "{error:?}");
    }
}
