//! Concurrent requests, pipelined requests, and abandoned connections.

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;

use super::{SAME_ORIGIN, SOON, Server, form, get, head, header};
use crate::fixture::console;
use crate::safety::everyone;

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let console = console().await;
    let server = Server::start(&console).await;
    let draft = everyone("premium");
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", draft.as_str())];
    let requests = [
        get("ada", "/features"),
        form("", "/publish", &fields),
        get("ada", "/nothing"),
        form("ada", "/publish", &fields),
        form("ada", "/publish", &fields),
        get("", "/features"),
    ];
    let mut connection = server.connect().await;
    connection.send(requests.concat().as_bytes()).await;
    for status in [200, 403, 404, 303, 409, 200] {
        assert_eq!(connection.reply().await.expect("an answer").status, status);
    }
    assert_eq!(console.version("Payments"), 1);
}

/// The sender reads no responses, so the server stops reading its requests.
#[tokio::test]
async fn a_flood_on_one_connection_does_not_delay_others() {
    let console = console().await;
    let server = Server::start(&console).await;
    let mut flooding = server.connect().await;
    let requests = get("ada", "/audit.csv").repeat(500);
    let flood = tokio::spawn(async move {
        flooding.send(requests.as_bytes()).await;
        flooding
    });
    for _ in 0..5 {
        tokio::time::timeout(SOON, server.still_works()).await.expect("in time");
    }
    flood.abort();
}

#[tokio::test]
async fn abandoned_connections_do_not_delay_others() {
    let console = console().await;
    let server = Server::start(&console).await;
    let mut halves = Vec::new();
    for begun in [
        String::new(),
        "P".to_owned(),
        "POST /publish HTTP/1.1\r\nHost: ops.example\r\nX-User: ada\r\n".to_owned(),
        head("ada", "/publish", &format!("{SAME_ORIGIN}Content-Length: 1000\r\n")) + "name=Pay",
        head("ada", "/publish", &format!("{SAME_ORIGIN}Transfer-Encoding: chunked\r\n")) + "5\r\nna",
    ] {
        for _ in 0..20 {
            let mut connection = server.connect().await;
            connection.send(begun.as_bytes()).await;
            halves.push(connection);
        }
    }
    tokio::time::timeout(SOON, server.still_works()).await.expect("in time");
    // Closes the sending half first, then the whole connection.
    for half in &mut halves {
        half.stream.shutdown().await.expect("closed");
    }
    tokio::time::timeout(SOON, server.still_works()).await.expect("in time");
    drop(halves);
    server.still_works().await;
    assert_eq!(console.version("Payments"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expensive_previews_are_answered_or_rejected_with_a_retry_time() {
    let console = console().await;
    let server = Server::start(&console).await;
    let rules: Vec<_> = (0..100)
        .map(|rule| {
            let when = json!({ "segment": "Country", "matches": format!("^[a-z]{{1,3}}x{rule}$") });
            json!({ "name": rule.to_string(), "when": when, "select": { "static": "premium" } })
        })
        .collect();
    let draft = json!({ "rules": rules }).to_string();
    let fields = [("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", draft.as_str())];
    let request = form("ada", "/preview", &fields);
    let mut previews = JoinSet::new();
    for _ in 0..60 {
        let (mut connection, request) = (server.connect().await, request.clone());
        previews.spawn(async move {
            connection.send(request.as_bytes()).await;
            connection.reply().await.expect("an answer")
        });
    }
    let mut previewed = 0;
    while let Some(reply) = previews.join_next().await {
        let reply = reply.expect("no panic");
        match reply.status {
            200 => previewed += 1,
            503 => assert_eq!(header(&reply.head, "retry-after"), Some("10")),
            status => panic!("{status}: {}", reply.body),
        }
        // Pages and pins do not wait for previews.
        if previewed == 1 {
            tokio::time::timeout(SOON, server.still_works()).await.expect("in time");
            let pin = [("name", "Payments"), ("what", "pin"), ("choice", "acme"), ("base", "0")];
            let pinned = tokio::time::timeout(SOON, server.ask(&form("ada", "/preview", &pin))).await.expect("in time");
            assert_eq!(pinned.status, 200, "{}", pinned.body);
        }
    }
    assert!(previewed > 0, "some are answered");
}
