//! The users of the site, and their sessions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::middleware::Next;
use axum::response::Response;
use cookie::{Cookie, SameSite};
use serde::Serialize;

/// A user of the site.
#[derive(Debug, Serialize)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) is_staff: bool,
}

/// The users. A real site has them in a database, and checks a password.
pub(crate) const USERS: [User; 4] = [
    User { id: 1, name: "Ada", is_staff: true },
    User { id: 2, name: "Ben", is_staff: false },
    User { id: 9, name: "Ida", is_staff: false },
    User { id: 77, name: "Zoe", is_staff: false },
];

/// The user of a request who is logged in, in the extensions of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visitor {
    pub(crate) user: &'static User,
    /// The number of requests of the session.
    pub(crate) visits: i64,
}

/// The sessions by their token. A real site keeps them in a store, where they expire.
#[derive(Clone, Default)]
pub(crate) struct Sessions(Arc<Mutex<HashMap<String, Visitor>>>);

const COOKIE_NAME: &str = "session";

/// Returns a user by their number.
pub(crate) fn find(id: i64) -> Option<&'static User> {
    USERS.iter().find(|user| user.id == id)
}

/// Returns a user by the name of the actor in decisions and changes.
pub(crate) fn find_by_actor(actor: &str) -> Option<&'static User> {
    find(actor.parse().ok()?)
}

impl Sessions {
    /// Starts a session, and returns its cookie.
    pub(crate) fn log_in(&self, user: &'static User) -> Result<Cookie<'static>, getrandom::Error> {
        let token = format!("{:016x}{:016x}", getrandom::u64()?, getrandom::u64()?);
        self.with(|sessions| sessions.insert(token.clone(), Visitor { user, visits: 0 }));
        let cookie = Cookie::build((COOKIE_NAME, token)).path("/").http_only(true).secure(true);
        Ok(cookie.same_site(SameSite::Lax).build())
    }

    /// Ends the session of a request.
    pub(crate) fn log_out(&self, headers: &HeaderMap) {
        if let Some(token) = token(headers) {
            self.with(|sessions| sessions.remove(&token));
        }
    }

    /// Returns the visitor of a request, and counts the visit.
    fn visit(&self, headers: &HeaderMap) -> Option<Visitor> {
        let token = token(headers)?;
        self.with(|sessions| {
            let visitor = sessions.get_mut(&token)?;
            visitor.visits += 1;
            Some(*visitor)
        })
    }

    fn with<R>(&self, run: impl FnOnce(&mut HashMap<String, Visitor>) -> R) -> R {
        run(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Adds the visitor to the extensions of a request.
pub(crate) async fn identify(State(sessions): State<Sessions>, mut request: Request, next: Next) -> Response {
    if let Some(visitor) = sessions.visit(request.headers()) {
        request.extensions_mut().insert(visitor);
    }
    next.run(request).await
}

fn token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut cookies = cookies.flat_map(Cookie::split_parse).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == COOKIE_NAME).map(|cookie| cookie.value().to_owned())
}
