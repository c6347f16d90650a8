//! What the tests share: an app with a few features, its console, and a visitor who asks for pages.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use feats::App;
use feats::admin::{Action, Actor, Admin, Role, router};
use feats::model::{Declaration, FeatureKind, ValueKind};
use feats::store::Memory;
use serde_json::Value as Json;
use tower::ServiceExt;

/// A name that is markup, and that would run as a script where nobody escapes it.
pub const MARKUP: &str = "<script>alert('&')</script>";

/// What a visitor was answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// A console and who asks it.
#[derive(Clone)]
pub struct Console {
    pub app: App,
    router: Router,
    actor: &'static str,
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

/// Hidden from everybody but the auditor.
pub fn secret() -> Declaration {
    let mut feature = Declaration::new("SecretProject", ["off", "on"]).segment("Country", ValueKind::Text);
    feature.owner = Some("skunkworks".into());
    feature
}

pub async fn console_with(declarations: impl IntoIterator<Item = Declaration>) -> Console {
    let app = App::builder().store(Memory::new()).program("shop", "1.4.2").detached();
    let app = declarations.into_iter().fold(app, feats::AppBuilder::declare);
    let app = app.start().await.expect("an app starts");
    let admin = Admin::new()
        .actor_from(|parts| {
            let name = parts.headers.get("x-user")?.to_str().ok()?;
            Some(Actor::new(name).role(if name == "ada" { Role::Admin } else { Role::Edit }))
        })
        .authorize(|actor, _: Action, feature| {
            actor.name() == Some("auditor") || feature.is_none_or(|feature| !feature.starts_with("Secret"))
        });
    Console { router: router(app.clone(), admin), app, actor: "ada" }
}

pub async fn console() -> Console {
    console_with([payments(), secret()]).await
}

impl Console {
    /// The same console, asked by somebody else.
    pub fn asked_by(&self, actor: &'static str) -> Self {
        Self { actor, ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header("x-user", self.actor).body(Body::empty());
        let response = self.router.clone().oneshot(request.expect("a request")).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 64 << 20).await.expect("a body");
        let body = String::from_utf8(body.to_vec()).expect("text");
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A page that is there.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert!(!answer.body.contains(MARKUP), "{path} shows markup as it is: {}", answer.body);
        answer.body
    }

    /// Publishes a state as it is.
    pub async fn publish(&self, feature: &str, state: Json, author: &str, comment: &str) -> u64 {
        let feature = self.app.feature_named(feature).expect("a feature");
        let state = feats::State::from_json(&state);
        let change = feature.edit().replace(state).author(author).comment(comment);
        change.publish().await.expect("published").version()
    }
}

/// What stands between the first two marks.
pub fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} after {from}")).0
}
