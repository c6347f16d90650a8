//! Invalid input: each case has an error that says what to do.

use std::net::TcpListener;

use feats::ErrorKind;
use feats::store::{Cursor, Page, Redis, RevisionStamp, Store};
use feats_servers::{Cluster, available};

use super::server;
use crate::writing::{publish, revision};

/// A word that no message may contain.
const SECRET: &str = "pw%3As3cret";

#[tokio::test]
async fn a_wrong_password_is_an_error() {
    if !available() {
        return;
    }
    let server = feats_servers::Redis::builder().password("right").acl_user("ada", "hers", "+@all ~*").start();
    for login in [format!(":{SECRET}@"), format!("ada:{SECRET}@"), format!("mallory:{SECRET}@")] {
        let store = Redis::open(format!("redis://{login}127.0.0.1:{}", server.port())).unwrap();
        refused(&store, ErrorKind::Invalid, "Redis rejected the user or password").await;
    }
    let store = Redis::open(format!("redis://127.0.0.1:{}", server.port())).unwrap();
    refused(&store, ErrorKind::Invalid, "Redis requires a user or password").await;
    Redis::open(server.url()).unwrap().load().await.unwrap();
}

#[tokio::test]
async fn an_unexpected_password_is_an_error() {
    let Some(server) = server() else { return };
    let store = Redis::open(format!("redis://ada:{SECRET}@127.0.0.1:{}", server.port())).unwrap();
    refused(&store, ErrorKind::Invalid, "Redis rejected the user or password").await;
}

#[tokio::test]
async fn the_error_for_a_wrong_scheme_names_the_right_one() {
    if !available() {
        return;
    }
    let (plain, encrypted) = (feats_servers::Redis::start(), feats_servers::Redis::builder().tls().start());

    let store = Redis::open(format!("rediss://:{SECRET}@127.0.0.1:{}", plain.port())).unwrap();
    let message = format!(
        "127.0.0.1:{} did not respond within 2s while connecting; if it does not use TLS, write redis:// instead of rediss://",
        plain.port()
    );
    refused(&store, ErrorKind::Timeout, &message).await;

    let store = Redis::open(format!("redis://127.0.0.1:{}", encrypted.port())).unwrap();
    let message = format!(
        "127.0.0.1:{} closed the connection; check that it is Redis, and whether it requires rediss://",
        encrypted.port()
    );
    refused(&store, ErrorKind::Unavailable, &message).await;

    let store = Redis::open(format!("redis+cluster://127.0.0.1:{}", plain.port())).unwrap();
    refused(&store, ErrorKind::Invalid, "this server is not part of a cluster; write redis://").await;

    let store = Redis::open(format!("redis+sentinel://127.0.0.1:{}/mymaster", plain.port())).unwrap();
    refused(&store, ErrorKind::Invalid, "the server is not a sentinel; for one server, write redis://").await;
}

#[tokio::test]
async fn a_node_of_a_cluster_requires_the_cluster_scheme() {
    if !available() {
        return;
    }
    let cluster = Cluster::shared();
    let elsewhere = cluster.nodes().iter().find(|node| node.port() != cluster.master_of("{feats}").port()).unwrap();
    let store = Redis::open(elsewhere.url()).unwrap();
    refused(&store, ErrorKind::Invalid, "this server is part of a cluster; write redis+cluster://").await;
}

#[tokio::test]
async fn an_unknown_authority_is_an_error() {
    if !available() {
        return;
    }
    let server = feats_servers::Redis::builder().tls().start();
    let certificates = server.certificates();
    let stranger = Redis::open(server.url()).unwrap().tls_ca(certificates.wrong_ca());
    let message = format!(
        "the certificate of 127.0.0.1:{} is not trusted (UnknownIssuer); set its authority with `ca`",
        server.port()
    );
    refused(&stranger, ErrorKind::Invalid, &message).await;
    let nowhere = Redis::open(server.url()).unwrap().tls_ca("no-such-file.pem");
    refused(&nowhere, ErrorKind::Unavailable, "the certificate cannot be read").await;
    let garbage = Redis::open(server.url()).unwrap().tls_identity(server.directory().join("log"), certificates.ca());
    refused(&garbage, ErrorKind::Invalid, "the file has no certificates in PEM").await;
    let url = format!("{}?ca={}", server.url(), certificates.ca().display());
    Redis::open(url).unwrap().load().await.unwrap();
}

#[tokio::test]
async fn a_host_that_cannot_be_resolved_is_an_error() {
    for url in ["redis://no-such-host.invalid", "redis+cluster://no-such-host.invalid"] {
        let store = Redis::open(url).unwrap();
        refused(&store, ErrorKind::Unavailable, "the host no-such-host.invalid cannot be resolved").await;
    }
    let store = Redis::open("redis+sentinel://no-such-host.invalid/shop").unwrap();
    refused(&store, ErrorKind::Unavailable, "the host no-such-host.invalid cannot be resolved").await;
}

#[tokio::test]
async fn a_closed_port_is_an_error() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let store = Redis::open(format!("redis://:{SECRET}@127.0.0.1:{port}")).unwrap();
    refused(
        &store,
        ErrorKind::Unavailable,
        &format!("127.0.0.1:{port} refused the connection; check that Redis runs there"),
    )
    .await;
}

#[tokio::test]
async fn a_server_without_streams_is_too_old() {
    if !available() {
        return;
    }
    let mut old = feats_servers::Redis::builder();
    for command in ["XADD", "XREAD", "XRANGE", "XREVRANGE", "XINFO"] {
        old = old.arg("rename-command", &format!("{command} \"\""));
    }
    let old = old.start();
    let message = "this server lacks a command that feats needs; use Redis 5 or newer";
    let store = Redis::open(old.url()).unwrap();
    for error in [store.load().await.map(drop).unwrap_err(), publish(&store, "Feature").await.map(drop).unwrap_err()] {
        assert_eq!((error.kind(), error.message()), (ErrorKind::Unsupported, message), "{error:?}");
    }
    let error = store.append(RevisionStamp::default(), &revision("Feature", None, 10)).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unsupported, message), "{error:?}");
}

#[tokio::test]
async fn the_error_for_a_missing_permission_refers_to_the_docs() {
    if !available() {
        return;
    }
    let message = "the user lacks a permission; the docs of feats::store::Redis list the required ones";
    let server = feats_servers::Redis::builder()
        .acl_user("reader", "pw", "~* +@read +@connection")
        .acl_user("other", "pw", "~other:* +@all")
        .start();
    let reader = Redis::open(server.url_of("reader", "pw")).unwrap();
    let owner = Redis::open(server.url()).unwrap();
    owner.epoch().await.unwrap();
    reader.load().await.unwrap();
    let error = reader.append(RevisionStamp::default(), &revision("Feature", None, 10)).await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message), "{error:?}");
    refused(&Redis::open(server.url_of("other", "pw")).unwrap(), ErrorKind::Invalid, message).await;
}

/// The permissions in the docs are sufficient for everything, and limited to one prefix.
#[tokio::test]
async fn the_permissions_in_the_docs_are_sufficient() {
    if !available() {
        return;
    }
    let docs = include_str!("../../../src/store/redis/redis.md");
    let (_, permissions) = docs.split_once("```text").unwrap();
    let permissions = permissions.split("```").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    let server = feats_servers::Redis::builder().acl_user("feats", "pw", &permissions).start();
    let store = Redis::open(server.url_of("feats", "pw")).unwrap();
    let cursor = store.load().await.unwrap().cursor;
    let first = publish(&store, "Feature").await.unwrap();
    let late = store.append(RevisionStamp::default(), &revision("Feature", None, 10)).await.unwrap();
    assert_eq!(late, feats::store::AppendOutcome::Conflict(Some(first)));
    store.watch(&cursor, std::time::Duration::from_millis(1)).await.unwrap();
    server.command::<()>(&["XTRIM", "{feats}:changes", "MAXLEN", "0"]);
    store.watch(&Cursor(format!("{}:99-0:x", store.epoch().await.unwrap())), std::time::Duration::ZERO).await.unwrap();
    store.records().unwrap().put("kind", "key", b"", Some(std::time::Duration::ZERO)).await.unwrap();
    store.records().unwrap().put("kind", "other", b"", None).await.unwrap();
    assert_eq!(store.records().unwrap().list("kind").await.unwrap().len(), 1);
    store
        .counters()
        .unwrap()
        .add("kind", "key", &[("n".to_owned(), i64::MAX), ("n".to_owned(), 1)], None)
        .await
        .unwrap();
    store.counters().unwrap().read("kind", "key").await.unwrap();
    store.versions().await.unwrap();
    server.command::<i64>(&["HDEL", "{feats}:versions", "Feature"]);
    let warnings = store.check().await.unwrap();
    assert_eq!(warnings, [""; 0], "checks that are not permitted are skipped");
    server.command::<i64>(&["XDEL", "{feats}:history:Feature", "1-0"]);
    server.command::<i64>(&["HDEL", "{feats}:current", "Feature"]);
    assert_eq!(store.check().await.unwrap().len(), 1);
    store.append(RevisionStamp::default(), &revision("Feature", None, 10)).await.unwrap();
    store.assignments().unwrap().assign("experiment", "unit", "choice").await.unwrap();
    store.assignments().unwrap().assign_many("experiment", &[("unit".to_owned(), "choice".to_owned())]).await.unwrap();
    store.assignments().unwrap().assigned("experiment", "unit").await.unwrap();
    let elsewhere = Redis::open(server.url_of("feats", "pw")).unwrap().prefix("other");
    assert_eq!(elsewhere.load().await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_an_error() {
    let Some(server) = server() else { return };
    let store = Redis::open(format!("{}/99", server.url())).unwrap();
    refused(&store, ErrorKind::Invalid, "the server has no database with this number").await;
}

#[tokio::test]
async fn a_prefix_with_braces_fails_every_use() {
    let store = Redis::open("redis://127.0.0.1:1").unwrap().prefix("a{b}");
    let message = "the prefix must not contain braces, which mark the hash tag of a cluster";
    refused(&store, ErrorKind::Invalid, message).await;
    let store = Redis::open("redis://127.0.0.1:1").unwrap().tls_ca("ca.pem");
    refused(&store, ErrorKind::Invalid, "certificates require rediss://").await;
}

#[test]
fn a_password_is_never_shown() {
    for url in [
        format!("redis://user:{SECRET}@localhost"),
        format!("rediss+sentinel://:{SECRET}@a,b/shop"),
        format!("redis+cluster://user:{SECRET}@a,b"),
    ] {
        let store = Redis::open(&url).unwrap().sentinel_login(None, SECRET).prefix("p");
        let shown = format!("{} {store:?} {store:#?}", store.name());
        assert!(!shown.contains("s3cret") && !shown.contains("user"), "{shown}");
    }
}

#[test]
fn the_name_of_a_store_opens_it_again() {
    for (url, prefix) in [("redis://localhost:6379/2", "feats"), ("rediss+cluster://a:1,b:2", "50%&more@home#1")] {
        let name = Redis::open(url).unwrap().prefix(prefix).name();
        assert_eq!(name.split('?').next(), Some(url));
        assert_eq!(Redis::open(&name).unwrap().name(), name);
    }
}

/// Checks that every use fails with this error, which contains no secret.
async fn refused(store: &Redis, kind: ErrorKind, message: &str) {
    let entry = revision("Feature", None, 10);
    let errors = [
        store.load().await.map(drop).unwrap_err(),
        store.append(RevisionStamp::default(), &entry).await.map(drop).unwrap_err(),
        store.watch(&Cursor("a:0-0:".to_owned()), std::time::Duration::ZERO).await.map(drop).unwrap_err(),
        store.history("Feature", Page::default()).await.map(drop).unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.message()), (kind, message), "{error:?}");
        assert_eq!(error.store(), Some(store.name().as_str()));
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
