//! A program with a console, nested at a path, on a free port.

use axum::Router;
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::routing::get;
use feats::store::Memory;
use feats::{App, AppBuilder};
use feats_console::{Actor, Console, Role};
use feats_servers::browser::{Browser, Look};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::{features, flag_examples};

/// A running program.
pub struct Site {
    pub app: App,
    address: String,
    serving: JoinHandle<()>,
}

impl Site {
    /// Starts the program, with published features of every kind, and flags.
    pub async fn start() -> Self {
        let app =
            App::builder().store(Memory::new()).program("shop", "1.4.2").attribute("Environment", "dev").detached();
        let app = features::declared().into_iter().fold(app, AppBuilder::declare).start().await.expect("an app starts");
        features::publish(&app).await;
        features::create_flags(&app).await;
        flag_examples::create(&app).await;

        let console = Console::new().actor_from(|parts| {
            let name = user(parts)?;
            Some(Actor::new(name).role(Role::Admin))
        });
        let router = Router::new()
            .route("/login", get(login))
            .nest_service("/ops/feats", feats_console::router(app.clone(), console));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let serving = tokio::spawn(async { axum::serve(listener, router).await.expect("it serves") });
        Self { app, address, serving }
    }

    /// The address of a page of the console.
    pub fn page(&self, page: &str) -> String {
        format!("{}/ops/feats/{page}", self.address)
    }

    /// Starts a browser with a logged-in user.
    pub async fn browser(&self, user: &str, look: Look) -> Browser {
        let browser = Browser::with(look).await;
        browser.goto(&format!("{}/login?{user}", self.address)).await;
        browser
    }

    /// The names of a feature's rules.
    pub fn rules(&self, feature: &str) -> Vec<String> {
        let state = self.app.feature_named(feature).expect("a feature").state();
        state.rules.into_iter().map(|rule| rule.name).collect()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The login of the program, which accepts every name.
async fn login(uri: Uri) -> (StatusCode, [(axum::http::HeaderName, String); 2]) {
    let cookie = format!("user={}; Path=/; SameSite=Lax", uri.query().unwrap_or_default());
    (StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, "/ops/feats/features".to_owned())])
}

fn user(parts: &Parts) -> Option<String> {
    let cookies = parts.headers.get(COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|cookie| cookie.strip_prefix("user=")).map(str::to_owned)
}
