//! All decisions of one request use one snapshot, however often operators publish.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::get;
use feats::web::{RequestScope, ScopeLayer};
use feats::{App, Reason};
use futures_util::stream;
use tokio::task::{JoinSet, spawn, spawn_blocking, yield_now};

use crate::fixture::{Banner, Browser, Payments, Site, Visitor, actor, show};

/// The results of requests to an app that changes at the same time.
#[derive(Default)]
struct Seen {
    /// The number of requests.
    requests: AtomicUsize,
    /// The number of requests during which a revision was published.
    overtaken: AtomicUsize,
}

/// Returns the versions and choices of payments and banner.
fn pair() -> (Option<u64>, Payments, Option<u64>, Banner) {
    let (payments, banner) = (Payments::explain(&Visitor { id: 1 }), Banner::explain());
    (payments.version(), payments.value(), banner.version(), banner.value())
}

async fn page(State(seen): State<Arc<Seen>>, feats: RequestScope) -> String {
    let first = pair();
    let (payments, banner) = (first.0.unwrap_or(0), first.2.unwrap_or(0));
    // The publisher writes payments first, then the banner.
    assert!(payments == banner || payments == banner + 1, "{first:?}");
    for _ in 0..20 {
        yield_now().await;
        assert_eq!(pair(), first);
    }
    assert_eq!(spawn(feats::in_current_scope(async { pair() })).await.expect("no panic"), first);
    assert_eq!(spawn(feats.enter_async(async { pair() })).await.expect("no panic"), first);
    let elsewhere = feats.clone();
    assert_eq!(spawn_blocking(move || elsewhere.enter(pair)).await.expect("no panic"), first);
    assert_eq!(*feats.feature("Payments").expect("known"), *first.1.as_ref());
    let now = feats.app().feature::<Payments>().version();
    seen.overtaken.fetch_add(usize::from(now != payments), Ordering::SeqCst);
    seen.requests.fetch_add(1, Ordering::SeqCst);
    feats.actor().unwrap_or("anonymous").to_owned()
}

/// Publishes both features again and again.
async fn publish(app: App, stop: Arc<AtomicBool>) {
    let (payments, banner) = (app.feature::<Payments>(), app.feature::<Banner>());
    while !stop.load(Ordering::SeqCst) {
        for (one, other) in [(Payments::Premium, Banner::Sale), (Payments::Acme, Banner::None)] {
            payments.edit().otherwise(one).publish().await.expect("published");
            banner.edit().otherwise(other).publish().await.expect("published");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_sees_two_revisions() {
    let Site { app, overrides, .. } = Site::open().await;
    let seen = Arc::new(Seen::default());
    let layer = ScopeLayer::new(&app).actor(actor).overrides(overrides.clone());
    let router = Router::new().route("/", get(page)).with_state(seen.clone()).layer(layer);
    let stop = Arc::new(AtomicBool::new(false));
    let publisher = spawn(publish(app.clone(), stop.clone()));

    // Runs until many requests had a publication in between.
    let mut visitors = JoinSet::new();
    for visitor in 0..32 {
        let (router, seen) = (router.clone(), seen.clone());
        visitors.spawn(async move {
            let user = format!("user-{visitor}");
            let user = (visitor % 2 == 0).then_some(user.as_str());
            while seen.overtaken.load(Ordering::SeqCst) < 2_000 {
                let shown = show(&router, Browser { user, ..Browser::default() }).await;
                assert_eq!((shown.status.as_u16(), shown.page.as_str()), (200, user.unwrap_or("anonymous")));
            }
        });
    }
    while let Some(visitor) = visitors.join_next().await {
        visitor.expect("every request agrees with itself");
    }
    stop.store(true, Ordering::SeqCst);
    publisher.await.expect("no panic");
    assert!(seen.requests.load(Ordering::SeqCst) >= 2_000);
}

#[tokio::test]
async fn a_body_that_is_written_after_the_handler_is_not_in_its_scope() {
    async fn events(feats: RequestScope) -> Body {
        assert_eq!(Banner::explain().reason(), Reason::NoState);
        let events = stream::once(async move {
            let published = feats.app().feature::<Banner>().pin(Banner::Sale).publish().await;
            published.expect("published");
            let reasons = (Banner::explain().reason(), feats.app().enter(Banner::create), feats.enter(Banner::create));
            Ok::<_, Infallible>(format!("{reasons:?}"))
        });
        Body::from_stream(events)
    }
    let Site { app, .. } = Site::open().await;
    let router = Router::new().route("/", get(events)).layer(ScopeLayer::new(&app));
    assert_eq!(show(&router, Browser::default()).await.page, r#"(NotStarted, "sale", "none")"#);
}

#[tokio::test]
async fn outside_of_a_layer_the_extractor_names_the_mistake() {
    let router = Router::new().route("/", get(async |_: RequestScope| "never"));
    let shown = show(&router, Browser::default()).await;
    assert_eq!(shown.status.as_u16(), 500);
    assert!(shown.page.contains("ScopeLayer"), "{}", shown.page);
}
