//! Failures as pages.

use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::layout::bare;
use crate::error::{Error, ErrorKind};

/// After so many seconds it is worth trying again.
const BUSY: u64 = 10;

/// Why there is no page.
#[derive(Debug)]
pub(super) enum Failure {
    /// No page at this address.
    NoPage,
    /// No feature of this name, or none that the visitor may see.
    NoFeature,
    /// The visitor may not do that.
    Denied,
    /// A write that does not come from the console itself.
    OtherOrigin,
    /// The request is larger than its limit.
    TooLarge,
    /// Others are being answered who ask for as much.
    Busy,
    /// What was sent cannot be read; what is wrong with it.
    Unreadable(String),
    /// The app could not do it.
    App(Error),
}

/// The page for addresses at which there is none.
pub(super) async fn no_page() -> Failure {
    Failure::NoPage
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Failure::NoPage | Failure::NoFeature => StatusCode::NOT_FOUND,
            Failure::Denied | Failure::OtherOrigin => StatusCode::FORBIDDEN,
            Failure::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Unreadable(_) => StatusCode::BAD_REQUEST,
            Failure::App(error) => match error.kind() {
                ErrorKind::NotFound => StatusCode::NOT_FOUND,
                ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
                ErrorKind::Conflict | ErrorKind::NeedsConsent => StatusCode::CONFLICT,
                ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            },
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Failure::NoPage => "There is no such page",
            Failure::NoFeature => "There is no such feature",
            Failure::Denied => "You may not do that",
            Failure::OtherOrigin => "That did not come from this console",
            Failure::TooLarge => "That is too large",
            Failure::Busy => "Not just now",
            Failure::Unreadable(_) => "That cannot be read",
            Failure::App(_) => "That did not work",
        }
    }

    fn advice(&self) -> Markup {
        html! {
            @match self {
                Failure::NoPage => p { "The address may be mistyped." },
                Failure::NoFeature => p {
                    "Nothing of this name is declared by a program that uses this store, or it is not yours to see."
                },
                Failure::Denied => p { "Nothing was changed. Whoever mounted this console decides who may do what." },
                Failure::OtherOrigin => p {
                    "Nothing was changed. A change has to be sent by a page of this console, in a browser that says so."
                },
                Failure::TooLarge => p { "Nothing was changed. Use the command line or code for states of this size." },
                Failure::Busy => p { "Others are exporting as much. Try again in some seconds." },
                Failure::Unreadable(why) => p { (why) },
                Failure::App(error) => {
                    @if error.problems().is_empty() { p { (error) } }
                    @else {
                        // The text of the error lists them too, below its first line.
                        p { (error.to_string().lines().next().unwrap_or_default()) }
                        ul { @for problem in error.problems() { li { (problem) } } }
                    }
                }
            }
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl From<QueryRejection> for Failure {
    fn from(rejection: QueryRejection) -> Self {
        Self::Unreadable(rejection.body_text())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status(), bare(self.title(), self.advice())).into_response();
        if let Failure::Busy = self {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(BUSY));
        }
        response
    }
}
