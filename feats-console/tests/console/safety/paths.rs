//! Alternative spellings of paths.

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode, Uri};
use feats_console::{Actor, Console, Role, router};
use tower::ServiceExt;

use super::everyone;
use crate::fixture::{Answer, console, encoded};

const TRICKS: [&str; 20] = [
    "/feats//publish",
    "//feats/publish",
    "/feats///publish",
    "/feats/./publish",
    "/feats/%2e/publish",
    "/feats/x/../publish",
    "/feats/x/%2e%2e/publish",
    "/feats/%2Fpublish",
    "/feats%2Fpublish",
    "/feats/publish/",
    "/feats/publish//",
    "/feats/publish/..",
    "/feats/publish;x",
    "/feats/publish;jsessionid=1",
    "/feats/Publish",
    "/feats/PUBLISH",
    "/FEATS/publish",
    "/feats/publish%00",
    "/feats/publish%20",
    "/feats/p%75blis%68",
];

/// A program's own guard may check the path, so the console must not serve a write at another spelling.
#[tokio::test]
async fn a_write_is_served_only_at_its_exact_path() {
    let console = console().await;
    let settings = || Console::new().actor_from(|_| Some(Actor::new("ada").role(Role::Edit)));
    let nested = Router::new().nest("/feats", router(console.app.clone(), settings()));
    let service = Router::new().nest_service("/feats", router::<()>(console.app.clone(), settings()));
    let form = encoded(&[("name", "Payments"), ("what", "edit"), ("base", "0"), ("draft", &everyone("premium"))]);
    let post = async |mounted: &Router, path: &str| {
        // A server rejects invalid URIs before the router.
        let uri: Uri = path.parse().ok()?;
        let request = Request::post(uri)
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form.clone())).expect("a request");
        Some(Answer::read(mounted.clone().oneshot(request).await.expect("an answer")).await)
    };
    for mounted in [&nested, &service] {
        for path in TRICKS {
            if let Some(answer) = post(mounted, path).await {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            }
        }
        for path in [
            "/feats/../publish",
            "/feats/feature/..",
            "/feats/%2e%2e/",
            "/feats/..%2fpublish",
            "/feats/console.css/../publish",
        ] {
            let answer = post(mounted, path).await.expect("an answer");
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(console.version("Payments"), 0, "nothing is written");
    }
    assert_eq!(post(&nested, "/feats/publish").await.expect("an answer").status, StatusCode::SEE_OTHER);
}

/// The console serves only its embedded files.
#[tokio::test]
async fn other_files_are_not_found() {
    let console = console().await;
    for path in [
        "/console.css",
        "/../Cargo.toml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/console.css",
        "/.git/config",
        "/console-000000000000.css",
    ] {
        assert_eq!(console.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
