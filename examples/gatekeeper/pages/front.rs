//! The front page, whose template asks for variants; login and logout.

use axum::extract::{Form, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use feats::web::RequestScope;
use minijinja::context;
use minijinja::value::Serde;
use serde::Deserialize;

use super::site::Site;
use crate::visitors::{self, USERS};

/// The form of the login. A real site also asks for a password.
#[derive(Deserialize)]
pub(super) struct Login {
    user_id: i64,
}

pub(super) async fn page(State(site): State<Site>, feats: RequestScope) -> Response {
    let user = feats.actor().and_then(visitors::find_by_actor);
    let active = feats.overrides().iter().map(|active| (&*active.feature, &*active.implementation));
    let values = context! {
        user => user.map(Serde),
        users => Serde(&USERS),
        active => Serde(active.collect::<Vec<_>>()),
    };
    site.render("front.html", values)
}

pub(super) async fn log_in(State(site): State<Site>, Form(login): Form<Login>) -> Response {
    let Some(user) = visitors::find(login.user_id) else { return StatusCode::NOT_FOUND.into_response() };
    match site.sessions.log_in(user) {
        Ok(cookie) => ([(SET_COOKIE, cookie.to_string())], Redirect::to("/")).into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}

pub(super) async fn log_out(State(site): State<Site>, headers: HeaderMap) -> Redirect {
    site.sessions.log_out(&headers);
    Redirect::to("/")
}
