//! Forms and queries of the console: every request gets a response of bounded size.

use std::cell::RefCell;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use feats::App;
use feats::flags::{Bucketer, Condition};
use feats::web::{Key, Overrides};
use feats_console::{Actor, Console, Role, router};
use http::Request;
use http::header::CONTENT_TYPE;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

use crate::world::payments;

/// The routes. The first byte of an input selects one.
const POST: [&str; 4] = ["/feature?name=Payments", "/preview", "/publish", "/browser"];
const GET: [&str; 9] = [
    "/feature?name=Payments&",
    "/features?",
    "/history?name=Payments&",
    "/compare?name=Payments&",
    "/explain?name=Payments&",
    "/experiments?",
    "/audit?",
    "/segments?",
    "/instances?",
];

/// The current version, so that pages are not empty.
const ROLLOUT: &str = r#"{
    "overrides": [{"segment": "UserId", "values": [1, 2], "use": "aperture"}],
    "rules": [{"name": "canada", "when": {"segment": "Country", "in": ["CA", "US"]}, "select": {"static": "acme"}}],
    "otherwise": {"rollout": {"by": "UserId", "weights": {"premium": 30, "acme": 70}}}
}"#;

/// The number of inputs before the console is replaced, because its history is in memory.
const INPUTS_FOR_EACH_CONSOLE: u32 = 500;

/// The maximum size of a page, in bytes.
const MAX_PAGE: usize = 1 << 20;

/// Creates the flag whose editor the inputs use.
async fn flag(app: &App) -> feats::Result<()> {
    let flag = app.flags().author("fuzz").create("SEARCH").enabled();
    let flag = flag.condition(Condition::new().check("age__gte", 18).check("plan__in", ["pro", "team"]));
    flag.bucketer(Bucketer::consistent(["user_id"]).ramp(20.0, 80.0, Duration::from_secs(1_800))).await?;
    Ok(())
}

struct Site {
    runtime: Runtime,
    router: Router,
    inputs: u32,
}

pub(crate) fn run(bytes: &[u8]) {
    thread_local! {
        static SITE: RefCell<Option<Site>> = const { RefCell::new(None) };
    }
    let Some((route, input)) = bytes.split_first() else { return };
    SITE.with_borrow_mut(|site| {
        let mut current = site.take().filter(|site| site.inputs < INPUTS_FOR_EACH_CONSOLE).unwrap_or_else(Site::open);
        current.ask(usize::from(*route), input);
        *site = Some(current);
    });
}

impl Site {
    fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let app = App::builder().declare(payments()).detached();
        let app = runtime.block_on(app.start()).expect("an app starts");
        for state in [r#"{"otherwise": {"static": "premium"}}"#, ROLLOUT] {
            let change = app.feature_named("Payments").expect("the feature is declared").edit();
            let change = change.replace(state.parse().expect("a state")).author("fuzz");
            runtime.block_on(change.publish()).expect("the first versions");
        }
        runtime.block_on(flag(&app)).expect("a flag");
        let overrides = Overrides::new(Key::generate().expect("randomness")).allow(|_, _| true);
        let console = Console::new().actor_from(|_| Some(Actor::new("ada").role(Role::Admin))).overrides(overrides);
        let router = runtime.block_on(async { router(app, console) });
        Self { runtime, router, inputs: 0 }
    }

    fn ask(&mut self, route: usize, input: &[u8]) {
        self.inputs += 1;
        let request = match POST.get(route % (POST.len() + GET.len())) {
            Some(path) => Request::post(*path)
                .header("sec-fetch-site", "same-origin")
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(input.to_vec())),
            None => {
                let path = GET.get(route % (POST.len() + GET.len()) - POST.len()).copied().unwrap_or_default();
                Request::get(format!("{path}{}", String::from_utf8_lossy(input))).body(Body::empty())
            }
        };
        // The web server refuses an invalid address before the console sees it.
        let Ok(request) = request else { return };
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("the console responds");
            let status = response.status();
            let body = to_bytes(response.into_body(), MAX_PAGE).await.expect("a page of at most 1 MiB");
            assert!(status.as_u16() != 500, "{}", String::from_utf8_lossy(&body));
        });
    }
}
