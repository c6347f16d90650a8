//! The shared state of all pages, and their templates.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use feats::web::{Overrides, minijinja as templates};
use feats::{App, ErrorKind};
use minijinja::{Environment, Value};

use crate::visitors::Sessions;

/// The shared state of all pages.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) app: App,
    pub(super) overrides: Overrides,
    pub(super) sessions: Sessions,
    templates: Arc<Environment<'static>>,
}

/// An error of the store or of a form, as a response.
pub(super) struct Failure(feats::Error);

impl Site {
    pub(super) fn new(app: &App, overrides: &Overrides, sessions: Sessions) -> Self {
        let mut environment = Environment::new();
        templates::register(app, &mut environment);
        for (name, source) in [
            ("layout.html", include_str!("layout.html")),
            ("front.html", include_str!("front.html")),
            ("overrides.html", include_str!("overrides.html")),
        ] {
            environment.add_template(name, source).expect("the templates are valid");
        }
        Self { app: app.clone(), overrides: overrides.clone(), sessions, templates: Arc::new(environment) }
    }

    /// Renders a template. Its decisions are those of the request.
    pub(super) fn render(&self, name: &str, values: Value) -> Response {
        match self.templates.get_template(name).and_then(|template| template.render(values)) {
            Ok(page) => Html(page).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}

impl From<feats::Error> for Failure {
    fn from(error: feats::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self.0.kind() {
            ErrorKind::Invalid | ErrorKind::TooLarge => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        (status, self.0.to_string()).into_response()
    }
}
