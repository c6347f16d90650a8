//! A client of the console that decompresses responses like a browser.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue};
use feats::App;
use feats_console::{Actor, Console, Role, router};
use tower::ServiceExt;

/// A client of the console of an app.
pub struct Visitor(Router);

/// A response.
pub struct Sent {
    pub took: Duration,
    pub body: Vec<u8>,
}

/// A request.
pub enum Ask {
    Page(String),
    /// The address of a form, and its fields.
    Form(&'static str, Vec<(&'static str, String)>),
}

impl Ask {
    pub fn page(address: impl Into<String>) -> Self {
        Self::Page(address.into())
    }
}

impl Visitor {
    /// Creates a client with all permissions and a new console.
    pub fn new(app: &App) -> Self {
        Self(router(app.clone(), Console::new().actor_from(|_| Some(Actor::new("ada").role(Role::Admin)))))
    }

    /// Sends a request, and reads the response to the end, compressed or not.
    pub async fn ask(&self, ask: &Ask, compressed: bool) -> Sent {
        let request = match ask {
            Ask::Page(address) => Request::get(format!("/{address}")).body(Body::empty()),
            Ask::Form(address, fields) => {
                let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                let request = Request::post(format!("/{address}")).header("sec-fetch-site", "same-origin");
                request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(body))
            }
        };
        let mut request = request.expect("a request");
        let encoding = HeaderValue::from_static(if compressed { "gzip" } else { "identity" });
        request.headers_mut().insert(ACCEPT_ENCODING, encoding);
        let begun = Instant::now();
        let response = self.0.clone().oneshot(request).await.expect("an answer");
        assert!(response.status().is_success(), "{}", response.status());
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body").to_vec();
        Sent { took: begun.elapsed(), body }
    }
}
