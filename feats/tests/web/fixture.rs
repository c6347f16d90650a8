//! A site with a few features, and browsers that visit it.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::routing::get;
use feats::model::Declaration;
use feats::store::Memory;
use feats::testing::ManualClock;
use feats::web::{ActiveOverride, Key, Overrides, RejectedOverrides, RequestScope, ScopeLayer};
use feats::{App, Feature};
use http::header::{COOKIE, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;

pub struct Visitor {
    pub id: u64,
}

#[feats::segment]
pub trait VisitorId {
    fn visitor(visitor: &Visitor) -> u64 {
        visitor.id
    }
}

/// The payment provider.
#[feats::feature]
pub trait Payments {
    #[default]
    fn acme(_visitor: &Visitor) -> &'static str {
        "acme"
    }
    fn premium(_visitor: &Visitor) -> &'static str {
        "premium"
    }
    fn aperture(_visitor: &Visitor) -> &'static str {
        "aperture"
    }
}

/// The banner at the top of the page.
#[feats::feature]
pub trait Banner {
    #[default]
    fn none() -> &'static str {
        "none"
    }
    fn sale() -> &'static str {
        "sale"
    }
}

/// Image processing.
#[feats::boolean]
pub fn Pictures(_visitor: &Visitor) -> bool {
    true
}

/// Fuzzy search.
#[feats::boolean]
pub fn Fuzzy(visitor: &Visitor) -> bool {
    visitor.id.is_multiple_of(2)
}

/// A feature with unusual names.
pub const FOREIGN: (&str, &str) = ("Größe; \"=, €", "größer\\ 大");

pub const HOUR: Duration = Duration::from_secs(3_600);
pub const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A site whose pages show the decisions and the actor.
pub struct Site {
    pub app: App,
    pub overrides: Overrides,
    pub clock: ManualClock,
    pub router: Router,
}

/// The user and the cookie of a browser.
#[derive(Clone, Copy, Default)]
pub struct Browser<'a> {
    pub user: Option<&'a str>,
    pub cookie: Option<&'a str>,
}

/// The response to a browser.
pub struct Shown {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub page: String,
}

pub fn key(byte: u8) -> Key {
    Key::from_bytes(&[byte; 32]).expect("long enough")
}

/// Returns a policy that allows everyone to override every feature except `Banner`, which requires a login.
pub fn policy(key: Key) -> Overrides {
    Overrides::new(key).allow(|actor, feature| feature != Banner::NAME || actor.is_some())
}

pub fn actor(parts: &Parts) -> Option<String> {
    Some(parts.headers.get("x-user")?.to_str().ok()?.to_owned())
}

impl Site {
    pub async fn open() -> Self {
        Self::with(policy(key(1))).await
    }

    pub async fn with(overrides: Overrides) -> Self {
        let clock = ManualClock::at("2026-12-01T09:00:00Z");
        let foreign = Declaration::new(FOREIGN.0, ["small", FOREIGN.1]);
        let app = App::builder()
            .store(Memory::new())
            .program("site", "1.0.0")
            .declare(foreign)
            .clock(clock.clone())
            .detached();
        let app = app.start().await.expect("an app starts");
        let layer = ScopeLayer::new(&app).actor(actor).overrides(overrides.clone());
        let router = Router::new().route("/", get(page)).layer(layer);
        Self { app, overrides, clock, router }
    }

    pub async fn show(&self, browser: Browser<'_>) -> Shown {
        show(&self.router, browser).await
    }

    /// Returns the header that overrides only one feature.
    pub fn set(&self, actor: Option<&str>, feature: &str, implementation: &str, time: Duration) -> HeaderValue {
        let set = self.overrides.set_cookie(&self.app, &[], actor, feature, implementation, time);
        set.expect("this is allowed")
    }

    /// Returns the cookie that a browser sends after that.
    pub fn cookie(&self, actor: Option<&str>, feature: &str, implementation: &str) -> String {
        sent(&self.set(actor, feature, implementation, HOUR))
    }

    pub fn read(&self, actor: Option<&str>, cookie: &str) -> Vec<ActiveOverride> {
        self.overrides.verify(&headers(cookie), &self.app, actor)
    }

    pub fn ignored(&self) -> RejectedOverrides {
        self.overrides.rejected()
    }
}

async fn page(feats: RequestScope) -> String {
    let payments = Payments::explain(&Visitor { id: 1 });
    tokio::task::yield_now().await;
    let mut page = format!("{} {} {}", payments.value(), payments.reason(), Banner::create());
    for active in feats.overrides() {
        page += &format!(", {}={}", active.feature, active.implementation);
    }
    page
}

pub async fn show(router: &Router, Browser { user, cookie }: Browser<'_>) -> Shown {
    let mut request = Request::builder().uri("/").body(Body::empty()).expect("a request");
    if let Some(user) = user {
        request.headers_mut().insert("x-user", user.parse().expect("a header"));
    }
    if let Some(cookie) = cookie {
        request.headers_mut().insert(COOKIE, HeaderValue::from_bytes(cookie.as_bytes()).expect("a header"));
    }
    let (parts, body) = router.clone().oneshot(request).await.expect("a response").into_parts();
    let page = to_bytes(body, usize::MAX).await.expect("a body");
    Shown { status: parts.status, headers: parts.headers, page: String::from_utf8(page.into()).expect("text") }
}

/// Returns the cookie that a browser sends for a `Set-Cookie`.
pub fn sent(set_cookie: &HeaderValue) -> String {
    set_cookie.to_str().expect("ASCII").split(';').next().expect("a pair").to_owned()
}

pub fn headers(cookie: &str) -> HeaderMap {
    [(COOKIE, HeaderValue::from_bytes(cookie.as_bytes()).expect("a header"))].into_iter().collect()
}
