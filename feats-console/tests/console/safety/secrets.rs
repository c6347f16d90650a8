//! Logs contain no cookies, headers or comments.

use std::fmt::Write;
use std::sync::Mutex;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{PAGES, everyone};
use crate::fixture::{console, encoded};

/// Everything that this process logs, at any level.
static LOGGED: Mutex<String> = Mutex::new(String::new());

struct Log;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, "{field}={value:?} ");
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut line = Line(String::new());
        attributes.record(&mut line);
        log(&line.0);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line(String::new());
        values.record(&mut line);
        log(&line.0);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        log(&line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn log(line: &str) {
    let mut logged = LOGGED.lock().expect("a lock");
    logged.push_str(line);
    logged.push('\n');
}

#[tokio::test]
async fn logs_have_no_secrets() {
    const SECRETS: [&str; 5] = ["cookie-7f3a", "bearer-7f3a", "header-7f3a", "comment-7f3a", "value-7f3a"];
    tracing::subscriber::set_global_default(Log).expect("no other subscriber is set");
    tracing::info!("the log works");
    let console = console().await;
    let with_secrets = |request: axum::http::request::Builder| {
        let request = request.header("cookie", "session=cookie-7f3a; feats-overrides=cookie-7f3a");
        request.header("authorization", "Bearer bearer-7f3a").header("x-api-key", "header-7f3a").header("x-user", "ada")
    };
    for path in PAGES {
        let request = with_secrets(Request::get(path)).body(Body::empty()).expect("a request");
        console.send(request).await;
    }
    let published = everyone("premium");
    let invalid = everyone("value-7f3a");
    for (draft, base, status) in [
        (published.as_str(), "0", StatusCode::SEE_OTHER),
        (published.as_str(), "0", StatusCode::CONFLICT),
        (invalid.as_str(), "1", StatusCode::UNPROCESSABLE_ENTITY),
        ("value-7f3a", "1", StatusCode::BAD_REQUEST),
    ] {
        let fields =
            [("name", "Payments"), ("what", "edit"), ("base", base), ("draft", draft), ("comment", "comment-7f3a")];
        let request = with_secrets(Request::post("/publish")).header("sec-fetch-site", "same-origin");
        let answer = console.send(request.body(Body::from(encoded(&fields))).expect("a request")).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let logged = LOGGED.lock().expect("a lock");
    assert!(logged.contains("the log works"));
    for secret in SECRETS {
        assert!(!logged.contains(secret), "{secret} is in:\n{logged}");
    }
}
