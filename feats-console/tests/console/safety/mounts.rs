//! The console at any path: nested in both ways, and behind a proxy that strips a prefix.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use feats_console::{Actor, Console, Role, router};
use tower::ServiceExt;

use crate::fixture::{Answer, between, console};

#[tokio::test]
async fn every_link_stays_within_the_mount() {
    let console = console().await;
    let mounted =
        || router::<()>(console.app.clone(), Console::new().actor_from(|_| Some(Actor::new("ada").role(Role::Edit))));
    let proxied = mounted();
    let nested = Router::new().nest("/ops/feats", mounted());
    let service = Router::new().nest_service("/ops/feats", mounted());
    for (program, base) in [(nested, "/ops/feats"), (service, "/ops/feats"), (proxied, "")] {
        let get = async |path: String| {
            let request = Request::get(&path).body(Body::empty()).expect("a request");
            Answer::read(program.clone().oneshot(request).await.expect("an answer")).await
        };
        let page = get(format!("{base}/feature?name=Payments")).await;
        assert_eq!(page.status, StatusCode::OK);
        for attribute in ["href=\"", "src=\"", "action=\"", "hx-post=\"", "hx-get=\""] {
            for address in page.body.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap_or_default()) {
                let is_relative = !address.starts_with('/') && !address.contains("//") && !address.starts_with("..");
                assert!(is_relative || address == "data:,", "{attribute}{address}");
            }
        }
        let style = between(&page.body, "rel=\"stylesheet\" href=\"", "\"");
        let style = get(format!("{base}/{style}")).await;
        assert_eq!(style.status, StatusCode::OK);
        assert!(style.headers["cache-control"].to_str().is_ok_and(|value| value.contains("immutable")));
    }
}

#[tokio::test]
async fn the_root_redirects_to_the_features() {
    let console = console().await;
    let mounted = || router::<()>(console.app.clone(), Console::new());
    let nested = Router::new().nest("/ops/feats", mounted());
    let service = Router::new().nest_service("/ops/feats", mounted());
    for (program, path, location) in [
        (&nested, "/ops/feats", "./feats/features"),
        (&service, "/ops/feats", "./feats/features"),
        (&service, "/ops/feats/", "./features"),
        (&mounted(), "/", "./features"),
    ] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = Answer::read(program.clone().oneshot(request).await.expect("an answer")).await;
        assert_eq!(
            (answer.status, answer.headers["location"].to_str().ok()),
            (StatusCode::SEE_OTHER, Some(location)),
            "{path}"
        );
    }
}
