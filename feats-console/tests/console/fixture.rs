//! Test fixtures: an app with a few features, its console, and a user who requests pages.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use feats::clock::Clock;
use feats::model::{Catalog, Declaration, Entry, FORMAT, FeatureKind, Header, ValueKind};
use feats::store::{AppendOutcome, Memory, RevisionStamp, Store};
use feats::{App, State, Timestamp};
use feats_console::{Action, Actor, Console, Role, router};
use serde_json::Value as Json;
use tower::ServiceExt;

/// A name that is markup, and that runs as a script unless it is escaped.
pub const MARKUP: &str = "<script>alert('&')</script>";

/// A response of the console.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// A console and the user who sends requests to it.
#[derive(Clone)]
pub struct TestConsole {
    pub app: App,
    router: Router,
    actor: &'static str,
}

/// A clock that advances by a millisecond at each reading, so that no two revisions have the same time.
struct Ticking(AtomicI64);

impl Default for Ticking {
    fn default() -> Self {
        Self(AtomicI64::new(Timestamp::from(SystemTime::now()).as_millis()))
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

pub fn payments() -> Declaration {
    let mut feature = Declaration::new("Payments", ["acme", "premium", "aperture"])
        .doc("Who charges the card. Ask Ada.")
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer);
    feature.kind = Some(FeatureKind::Ops);
    feature.owner = Some("payments".into());
    feature
}

/// A feature that only the auditor may view.
pub fn secret() -> Declaration {
    let mut feature = Declaration::new("SecretProject", ["off", "on"]).segment("Country", ValueKind::Text);
    feature.owner = Some("skunkworks".into());
    feature
}

pub async fn console_with(declarations: impl IntoIterator<Item = Declaration>) -> TestConsole {
    console_on(Memory::new(), declarations).await
}

/// Creates a console of a feature with one revision per author. It appends them to the store, which is faster than publishing.
pub async fn console_after<'a>(feature: &str, authors: impl IntoIterator<Item = &'a str>) -> TestConsole {
    let store = Memory::new();
    let (mut before, start) = (RevisionStamp::default(), Timestamp::from(SystemTime::now()).as_millis() - 1_000_000);
    for (version, author) in (1..).zip(authors) {
        let header = Header {
            format: FORMAT,
            feature: feature.to_owned(),
            version,
            id: version.to_string(),
            previous: before.hash,
            author: author.to_owned(),
            comment: String::new(),
            time: Timestamp::from_millis(start + version.cast_signed()),
        };
        let entry = Entry::encode(&header, Some(&State::default())).expect("written");
        assert!(matches!(store.append(before, &entry).await, Ok(AppendOutcome::Done)));
        before = RevisionStamp::after(&entry);
    }
    console_on(store, [Declaration::new(feature, ["acme", "premium"])]).await
}

pub async fn console_on(store: impl Store, declarations: impl IntoIterator<Item = Declaration>) -> TestConsole {
    let app = App::builder().store(store).program("shop", "1.4.2").clock(Ticking::default()).detached();
    let app = declarations.into_iter().fold(app, feats::AppBuilder::declare);
    TestConsole::new(app.start().await.expect("an app starts"))
}

pub async fn console() -> TestConsole {
    console_with([payments(), secret()]).await
}

/// Stores the catalog of another program and returns its key.
pub async fn put_catalog(store: &Memory, catalog: &Catalog) -> String {
    let key = format!("{}@{}", catalog.program, catalog.version);
    store
        .records()
        .unwrap()
        .put("catalog", &key, &serde_json::to_vec(catalog).expect("JSON"), None)
        .await
        .expect("put");
    key
}

impl Answer {
    pub async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 << 20).await.expect("a body");
        let body = String::from_utf8(body.to_vec()).expect("text");
        Self { status: parts.status, headers: parts.headers, body }
    }
}

impl TestConsole {
    /// Creates the console of an app: ada is its admin, only the auditor may view secrets.
    pub fn new(app: App) -> Self {
        let settings = Console::new()
            .actor_from(|parts| {
                let name = parts.headers.get("x-user")?.to_str().ok()?;
                Some(Actor::new(name).role(if name == "ada" { Role::Admin } else { Role::Edit }))
            })
            .authorize(|actor, _: Action, feature| {
                actor.name() == Some("auditor") || feature.is_none_or(|feature| !feature.starts_with("Secret"))
            });
        Self::with(app, settings)
    }

    /// Creates the console of an app with a configuration.
    pub fn with(app: App, settings: Console) -> Self {
        Self { router: router(app.clone(), settings), app, actor: "ada" }
    }

    /// The router of the console.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The same console, used by another user.
    pub fn as_user(&self, actor: &'static str) -> Self {
        Self { actor, ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header("x-user", self.actor).body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// Sends a form like a page of the console.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.form(path, fields).header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(encoded(fields))).expect("a request")).await
    }

    /// Builds the head of a request with a form, without an origin.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Builder {
        Request::post(path)
            .header("x-user", self.actor)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(CONTENT_LENGTH, encoded(fields).len())
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        Answer::read(self.router.clone().oneshot(request).await.expect("an answer")).await
    }

    /// The compressed size of a page or file, in bytes.
    pub async fn weight(&self, path: &str) -> usize {
        let request = Request::get(path).header("x-user", self.actor).header("accept-encoding", "gzip");
        let request = request.body(Body::empty()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-encoding"], "gzip", "{path}");
        to_bytes(response.into_body(), 64 << 20).await.expect("a body").len()
    }

    /// Returns a page that must exist.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert!(!answer.body.contains(MARKUP), "{path} shows markup as it is: {}", answer.body);
        answer.body
    }

    /// Publishes a state.
    pub async fn publish(&self, feature: &str, state: Json, author: &str, comment: &str) -> u64 {
        let feature = self.app.feature_named(feature).expect("a feature");
        let state = State::from_json(&state);
        let change = feature.edit().replace(state).author(author).comment(comment);
        change.publish().await.expect("published").version()
    }
}

/// The fields of a form as browsers send them.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Returns the text between the first occurrences of two marks.
pub fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} after {from}")).0
}
