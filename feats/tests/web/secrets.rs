//! Keys and cookies appear neither in `Debug` nor in logs.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use feats::web::{Key, RequestScope, ScopeLayer};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::fixture::{Browser, HOUR, Payments, Site, policy};

/// A key that is easy to find in any representation.
const SECRET: &[u8; 36] = b"correct-horse-battery-staple-0123456";

fn shows_the_secret(shown: &str) -> bool {
    let text = std::str::from_utf8(SECRET).expect("text");
    let hex = SECRET.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let list = format!("{:?}", &SECRET[..4]);
    let encoded = STANDARD_NO_PAD.encode(SECRET);
    [text, &hex, list.trim_matches(['[', ']']), &encoded].iter().any(|secret| shown.to_lowercase().contains(*secret))
}

#[tokio::test]
async fn debug_shows_no_key() {
    assert!(shows_the_secret(&format!("{:?}", SECRET)));
    let key = Key::from_bytes(SECRET).expect("long enough");
    let overrides = policy(key.clone()).also_accept(key.clone());
    let site = Site::with(overrides.clone()).await;
    let layer = ScopeLayer::new(&site.app).overrides(overrides.clone());
    let service = tower::Layer::layer(&layer, ());
    let set = site.set(None, "Payments", "premium", HOUR);
    assert_eq!(format!("{set:?}"), "Sensitive");
    let shown = format!("{key:?} {overrides:?} {layer:?} {service:?} {:#?}", site.app.scope());
    assert!(!shows_the_secret(&shown), "{shown}");
    assert!(shown.contains("feats_overrides"), "{shown}");
}

#[tokio::test]
async fn debug_of_a_request_shows_its_overrides_and_not_its_actor() {
    let site = Site::open().await;
    let page = async |feats: RequestScope| {
        let scope = feats.enter_async(async { format!("{:?}", feats::in_current_scope(std::future::ready(()))) }).await;
        format!("{feats:?} {scope}")
    };
    let layer = ScopeLayer::new(&site.app).actor(crate::fixture::actor).overrides(site.overrides.clone());
    let router = axum::Router::new().route("/", axum::routing::get(page)).layer(layer);
    let cookie = site.cookie(Some("ada@example.org"), "Payments", "premium");
    let browser = Browser { user: Some("ada@example.org"), cookie: Some(&cookie) };
    let shown = crate::fixture::show(&router, browser).await.page;
    assert!(shown.contains("premium") && !shown.contains("example.org"), "{shown}");
}

#[tokio::test]
async fn logs_contain_no_cookie_and_no_key() {
    let site = Site::with(policy(Key::from_bytes(SECRET).expect("long enough"))).await;
    let log = Log::default();
    let _logging = tracing::subscriber::set_default(log.clone());
    tracing::info!("written");
    let cookie = site.cookie(Some("ada"), "Payments", "premium");
    let value = cookie.split_once('=').expect("a pair").1;
    site.app.feature::<Payments>().pin(Payments::Acme).publish().await.expect("published");
    for (user, sent) in [(Some("ada"), value), (None, value), (Some("ada"), "1.forged.cookie"), (None, "")] {
        let cookie = format!("feats_overrides={sent}");
        site.show(Browser { user, cookie: Some(&cookie) }).await;
    }
    let refused = site.overrides.set_cookie(&site.app, &[], None, "Nothing", "none", HOUR).expect_err("no feature");
    let log = log.0.lock().expect("no panic").clone() + &refused.to_string();
    assert!(log.contains("written"));
    assert!(!log.contains(value) && !log.contains("forged") && !shows_the_secret(&log), "{log}");
}

/// A subscriber that records everything that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        attributes.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        writeln!(self.0.lock().expect("no panic"), "{field}={value:?}").expect("written");
    }
}
