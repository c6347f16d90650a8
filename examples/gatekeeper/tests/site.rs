//! A site for tests, with requests of several users.

use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use feats::App;
use feats::store::Memory;
use feats::testing::ManualClock;
use feats::web::{Key, Overrides};
use serde_json::Value as Json;
use tokio::net::TcpListener;
use tower::ServiceExt;

use crate::visitors::{self, Sessions};

pub(super) struct TestSite {
    pub(super) app: App,
    overrides: Overrides,
    sessions: Sessions,
    router: Router,
}

pub(super) struct Shown {
    pub(super) status: StatusCode,
    pub(super) text: String,
    /// The name and the value of the cookie that the response sets.
    pub(super) set_cookie: Option<String>,
}

impl TestSite {
    /// Opens a site on which every user may override flags in their browser.
    pub(super) async fn open(is_dev: bool) -> Result<Self, Box<dyn Error>> {
        let clock = ManualClock::at("2026-12-01T09:00:00Z");
        let app = crate::builder(is_dev).store(Memory::new()).clock(clock).detached().start().await?;
        crate::flags::create_missing(&app).await?;
        let overrides = Overrides::new(Key::generate()?).allow(|_, _| true);
        let sessions = Sessions::default();
        let router = crate::pages::router(&app, &overrides, sessions.clone());
        Ok(Self { app, overrides, sessions, router })
    }

    /// Serves the site on a free port, and returns its address.
    pub(super) async fn serve(&self) -> Result<String, Box<dyn Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(address)
    }

    /// Returns the cookie of a new session.
    pub(super) fn log_in(&self, user_id: i64) -> String {
        let cookie = self.sessions.log_in(visitors::find(user_id).expect("a user")).expect("random numbers");
        cookie.stripped().to_string()
    }

    /// Returns the cookie of an override. If the flag or its variant does not exist, it did when the cookie was signed.
    pub(super) async fn sign(&self, actor: &str, flag: &str, variant: &str) -> Result<String, Box<dyn Error>> {
        let hour = Duration::from_secs(3_600);
        let sign = || self.overrides.set_cookie(&self.app, &[], Some(actor), flag, variant, hour);
        let flags = self.app.flags().author("ada");
        let header = match self.app.find_feature(flag) {
            None => {
                let temporary = flags.create_variants(flag, [(variant, Json::Null)]).await?;
                let header = sign()?;
                temporary.destroy().await?;
                header
            }
            Some(feature) if !feature.choices().iter().any(|known| *known == variant) => {
                let before = feature.state();
                let mut with_variant = before.clone();
                with_variant.values.insert(variant.to_owned(), Json::Null);
                feature.edit().replace(with_variant).publish().await?;
                let header = sign()?;
                feature.edit().replace(before).publish().await?;
                header
            }
            Some(_) => sign()?,
        };
        Ok(pair(header.to_str()?))
    }

    /// Returns the variant of a flag; `null` if there is none.
    pub(super) async fn variant(&self, flag: &str, cookies: &str) -> Result<String, Box<dyn Error>> {
        let shown = self.get(&format!("/variants/{flag}"), cookies, &[]).await?;
        assert_eq!(shown.status, StatusCode::OK);
        Ok(shown.text.trim_matches('"').to_owned())
    }

    pub(super) async fn get(
        &self,
        path: &str,
        cookies: &str,
        headers: &[(&str, &str)],
    ) -> Result<Shown, Box<dyn Error>> {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        self.send(request.header(COOKIE, cookies).body(Body::empty())?).await
    }

    pub(super) async fn post(
        &self,
        path: &str,
        form: &str,
        cookies: &str,
        header: (&str, &str),
    ) -> Result<Shown, Box<dyn Error>> {
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.header(COOKIE, cookies).header(header.0, header.1);
        self.send(request.body(form.to_owned().into())?).await
    }

    async fn send(&self, request: Request<Body>) -> Result<Shown, Box<dyn Error>> {
        let (parts, body) = self.router.clone().oneshot(request).await?.into_parts();
        let text = String::from_utf8(to_bytes(body, usize::MAX).await?.into())?;
        let set_cookie = parts.headers.get(SET_COOKIE).and_then(|header| header.to_str().ok()).map(pair);
        Ok(Shown { status: parts.status, text, set_cookie })
    }
}

/// Returns the name and the value of a `Set-Cookie` header.
fn pair(set_cookie: &str) -> String {
    set_cookie.split(';').next().unwrap_or_default().to_owned()
}
