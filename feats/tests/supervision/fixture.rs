//! Shared by the tests: a feature in code, one declared by hand, and their apps.

use std::time::{Duration, Instant};

use feats::model::{Declaration, ValueKind};
use feats::{App, AppBuilder, attributes};

use crate::unruly::Unruly;

/// A user of a shop.
pub struct Visitor {
    pub id: u64,
}

#[feats::segment]
pub trait VisitorId {
    fn visitor(visitor: &Visitor) -> u64 {
        visitor.id
    }
}

/// The color of a button.
#[feats::feature(kind = experiment)]
pub trait Colors {
    #[default]
    fn gray(_visitor: &Visitor) -> &'static str {
        "gray"
    }
    fn blue(_visitor: &Visitor) -> &'static str {
        "blue"
    }
}

pub fn builder(store: &Unruly) -> AppBuilder {
    App::builder().store(store.clone()).declare(payments()).store_timeout(Duration::from_millis(100)).detached()
}

pub async fn start(store: &Unruly) -> App {
    builder(store).start().await.expect("an app starts whatever the store does")
}

/// Publishes in another program, and waits until the app follows.
pub async fn follows(app: &App, store: &Unruly) {
    let other = App::builder().store(store.memory.clone()).declare(payments()).detached().start().await;
    let other = other.expect("an app starts");
    let payments = other.feature_named("Payments").expect("declared");
    let before = payments.version();
    let choice = if before.is_multiple_of(2) { "premium" } else { "aperture" };
    payments.pin(choice).publish().await.expect("published");
    until("it arrives", || {
        let feature = app.feature_named("Payments").expect("declared");
        feature.version() > before && feature.explain(&attributes! {}).value() == choice
    })
    .await;
    assert!(app.status().is_live(), "{:?}", app.status());
}

pub fn payments() -> Declaration {
    Declaration::new("Payments", ["acme", "premium", "aperture"]).segment("UserId", ValueKind::Integer)
}

pub async fn until(what: &str, reached: impl Fn() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
