//! Overrides of the user's own browser.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use feats::web::{Key, Overrides, RejectedOverrides, ScopeLayer};
use feats_console::{Console, router};
use tower::ServiceExt;

use crate::fixture::{Answer, console};

/// The console is within the scope layer of its site.
#[tokio::test]
async fn a_bad_cookie_is_counted_once_for_a_request() {
    let app = console().await.app;
    let overrides = || Overrides::new(Key::from_bytes(&[7; 32]).expect("a key")).allow(|_, _| true);
    for same in [true, false] {
        let console = overrides();
        let site = if same { console.clone() } else { overrides() };
        let settings = Console::new().overrides(console.clone());
        let routes: Router = router(app.clone(), settings);
        let request = Request::get("/features").header("cookie", "feats_overrides=soup").body(Body::empty());
        let layered = routes.layer(ScopeLayer::new(&app).overrides(site.clone()));
        let answer = Answer::read(layered.oneshot(request.expect("a request")).await.expect("an answer")).await;
        assert!(answer.body.contains("Payments"), "{}", answer.body);
        let mut once = RejectedOverrides::default();
        once.malformed = 1;
        assert_eq!((site.rejected(), console.rejected()), (once, once), "each counts for itself, the same: {same}");
    }
}
