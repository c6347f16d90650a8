//! Oversized input: bodies, addresses, headers, fields, rules and nesting. Each is rejected, and the console keeps working.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use futures_util::stream;
use serde_json::json;

use crate::fixture::{TestConsole, console, encoded};

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_body_of_64_mib_is_rejected_without_reading_most_of_it() {
    let console = console().await;
    let announced = console.form("/publish", &[]).header("sec-fetch-site", "same-origin");
    let mut announced = announced.body(Body::from(vec![b'x'; 64 * MIB])).expect("a request");
    announced.headers_mut().insert(CONTENT_LENGTH, (64 * MIB).into());
    assert_eq!(console.send(announced).await.status, StatusCode::PAYLOAD_TOO_LARGE);

    let read = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&read);
    let chunks = stream::iter(0..64 * 16).map_chunks(move || {
        counted.fetch_add(MIB / 16, Ordering::Relaxed);
        Bytes::from(vec![b'x'; MIB / 16])
    });
    let mut streamed =
        console.form("/publish", &[]).header("sec-fetch-site", "same-origin").body(chunks).expect("a request");
    streamed.headers_mut().remove(CONTENT_LENGTH);
    assert_eq!(console.send(streamed).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(read.load(Ordering::Relaxed) <= 2 * MIB, "{} bytes were read", read.load(Ordering::Relaxed));
    still_works(&console).await;
}

/// A body that is generated while it is read.
trait MapChunks {
    fn map_chunks(self, chunk: impl Fn() -> Bytes + Send + 'static) -> Body;
}

impl<S: futures_util::Stream<Item = usize> + Send + 'static> MapChunks for S {
    fn map_chunks(self, chunk: impl Fn() -> Bytes + Send + 'static) -> Body {
        use futures_util::StreamExt;
        Body::from_stream(self.map(move |_| Ok::<_, std::convert::Infallible>(chunk())))
    }
}

#[tokio::test]
async fn long_addresses_and_headers_are_rejected() {
    let console = console().await;
    for path in ["/features?q=", "/feature?name=", "/audit?q=", "/explain?name=", "/"] {
        assert_eq!(
            console.get(&format!("{path}{}", "x".repeat(8 << 10))).await.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{path}"
        );
    }
    let one =
        console.form("/publish", &[]).header("sec-fetch-site", "same-origin").header("cookie", "x".repeat(40 << 10));
    assert_eq!(console.send(one.body(Body::empty()).expect("a request")).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let many = (0..5_000).fold(console.form("/publish", &[]), |request, at| request.header(format!("x-{at}"), "much"));
    assert_eq!(console.send(many.body(Body::empty()).expect("a request")).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    still_works(&console).await;
}

#[tokio::test]
async fn too_many_fields_are_rejected() {
    let console = console().await;
    let fields: Vec<_> = (0..5_000).map(|_| ("r.c0.v", "x")).collect();
    for path in ["/feature", "/preview", "/publish", "/browser"] {
        assert_eq!(console.post(path, &fields).await.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    still_works(&console).await;
}

#[tokio::test]
async fn deeply_nested_json_is_rejected_without_a_stack_overflow() {
    let console = console().await;
    let deep = [
        format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)),
        "[".repeat(100_000),
        format!("{{\"otherwise\": {}1{}}}", "{\"x\":".repeat(10_000), "}".repeat(10_000)),
        format!(
            "{{\"rules\": [{{\"name\": \"a\", \"when\": {}{{\"all\": []}}{}, \"select\": {{\"static\": \"acme\"}}}}]}}",
            "{\"not\": ".repeat(10_000),
            "}".repeat(10_000)
        ),
        format!(
            "{{\"rules\": [{{\"name\": \"a\", \"when\": {}{{\"all\": []}}{}, \"select\": {{\"static\": \"acme\"}}}}]}}",
            "{\"not\": ".repeat(60),
            "}".repeat(60)
        ),
    ];
    for draft in deep {
        let answer = console.publish_draft("Payments", 0, &draft).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
        // Also as a group within the open rule.
        let fields = [
            ("name", "Payments"),
            ("base", "0"),
            ("draft", "{}"),
            ("open", "otherwise"),
            ("what", "edit"),
            ("r.c0.json", &draft),
        ];
        let answer = console.post("/feature", &fields).await;
        assert!(!answer.status.is_server_error(), "{}", answer.status);
    }
    still_works(&console).await;
}

#[tokio::test]
async fn too_many_rules_are_rejected_and_not_rendered() {
    let console = console().await;
    let everything = format!("{{\"rules\": [{}]}}", vec!["{}"; 100_000].join(","));
    let unnamed =
        format!("{{\"rules\": [{}]}}", vec!["{\"name\":\"a\",\"select\":{\"static\":\"acme\"}}"; 5_000].join(","));
    let rules: Vec<_> =
        (0..1_001).map(|at| json!({ "name": at.to_string(), "select": { "static": "acme" } })).collect();
    let overrides: Vec<_> =
        (0..10_001).map(|at| json!({ "segment": "UserId", "values": [at], "use": "acme" })).collect();
    for draft in
        [everything, unnamed, json!({ "rules": rules }).to_string(), json!({ "overrides": overrides }).to_string()]
    {
        let fields = [("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", draft.as_str())];
        for path in ["/publish", "/preview", "/feature"] {
            let answer = console.post(path, &fields).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
            assert!(answer.body.len() < 4 * MIB, "{path} answers with {} bytes", answer.body.len());
        }
    }
    still_works(&console).await;
}

#[tokio::test]
async fn invalid_forms_are_rejected() {
    let console = console().await;
    for body in [
        &b"\xff\xfe\x00"[..],
        b"name=%FF%FE&what=%00",
        b"name",
        b"",
        b"name=Payments&what=edit&base=-1&draft={}",
        b"name=Payments&what=edit&base=99999999999999999999&draft={}",
        b"name=Payments&what=edit&draft=null",
        b"name=Payments&what=edit&draft=[]",
        b"name=Payments&what=edit&draft=%00",
        b"name=Payments&what=rollback&version=77&base=0",
        b"name=Payments&what=pin&choice=nothing&base=0",
        b"name=Payments&what=edit&base=77&draft={}",
        b"{\"name\": \"Payments\"}",
    ] {
        for path in ["/publish", "/preview", "/feature", "/browser"] {
            let request = console.form(path, &[]).header("sec-fetch-site", "same-origin");
            let mut request = request.body(Body::from(body)).expect("a request");
            request.headers_mut().remove(CONTENT_LENGTH);
            let answer = console.send(request).await;
            let body = String::from_utf8_lossy(body);
            assert!(!answer.status.is_server_error(), "{path} {body}: {}", answer.status);
            assert!(path != "/publish" || answer.status.is_client_error(), "{path} {body}: {}", answer.status);
        }
    }
    let nul = format!("/feature?{}", encoded(&[("name", "Pay\0ments")]));
    assert_eq!(console.get(&nul).await.status, StatusCode::NOT_FOUND);
    assert_eq!(console.version("Payments"), 0);
    still_works(&console).await;
}

async fn still_works(console: &TestConsole) {
    assert!(console.page("/features").await.contains("Payments"));
}
