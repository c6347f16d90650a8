//! Failures as pages.

use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use feats::{Error, ErrorKind};
use maud::{Markup, html};

use super::components::problems;
use super::document::bare;

/// After how many seconds it is worth trying again.
const RETRY_AFTER_SECONDS: u64 = 10;

/// Why there is no page.
#[derive(Debug)]
pub(super) enum Failure {
    /// No page at this address.
    PageNotFound,
    /// No feature of this name, or none that the visitor may see.
    FeatureNotFound,
    /// The visitor may not do that.
    Denied,
    /// A write that does not come from the console itself.
    OtherOrigin,
    /// The request is larger than its limit.
    TooLarge,
    /// Others are being answered who ask for as much.
    Busy,
    /// The body did not arrive in time.
    SlowBody,
    /// There was no answer in time.
    Timeout,
    /// The console panicked.
    Panicked,
    /// What was sent cannot be read; what is wrong with it.
    Unreadable(String),
    /// The app could not do it.
    App(Error),
}

/// The page for addresses at which there is none.
pub(super) async fn no_page() -> Failure {
    Failure::PageNotFound
}

impl Failure {
    fn status(&self) -> StatusCode {
        match self {
            Failure::PageNotFound | Failure::FeatureNotFound => StatusCode::NOT_FOUND,
            Failure::Denied | Failure::OtherOrigin => StatusCode::FORBIDDEN,
            Failure::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::Busy | Failure::Timeout => StatusCode::SERVICE_UNAVAILABLE,
            Failure::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Failure::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            Failure::Unreadable(_) => StatusCode::BAD_REQUEST,
            Failure::App(error) => match error.kind() {
                ErrorKind::NotFound => StatusCode::NOT_FOUND,
                ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
                ErrorKind::Conflict | ErrorKind::NeedsConfirmation => StatusCode::CONFLICT,
                ErrorKind::Denied => StatusCode::FORBIDDEN,
                ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            },
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Failure::PageNotFound => "There is no such page",
            Failure::FeatureNotFound => "There is no such feature",
            Failure::Denied => "You may not do that",
            Failure::OtherOrigin => "That did not come from this console",
            Failure::TooLarge => "That is too large",
            Failure::Busy => "Busy, try again",
            Failure::SlowBody => "The form did not arrive in time",
            Failure::Timeout => "There was no answer in time",
            Failure::Panicked => "The console failed",
            Failure::Unreadable(_) => "That cannot be read",
            Failure::App(error) if error.kind() == ErrorKind::Denied => "You may not do that",
            Failure::App(_) => "That did not work",
        }
    }

    fn advice(&self) -> Markup {
        html! {
            @match self {
                Failure::PageNotFound => p { "The address may be mistyped." },
                Failure::FeatureNotFound => p {
                    "Nothing of this name is declared by a program that uses this store, or it is not yours to see."
                },
                Failure::Denied => p { "Nothing was changed. Whoever mounted this console decides who may do what." },
                Failure::OtherOrigin => p {
                    "Nothing was changed. A change has to be sent by a page of this console, in a browser that says so."
                },
                Failure::TooLarge => p { "Nothing was changed. Use the command line or code for states of this size." },
                Failure::Busy => p { "Others ask for as much at the moment. Try again in some seconds." },
                Failure::SlowBody => p { "Nothing was changed. Send the form again." },
                Failure::Timeout => p {
                    "If this was a change, it is not known whether it was published: the history tells. Try again in some seconds."
                },
                Failure::Panicked => p { "Try again. The details are in the program's log." },
                Failure::Unreadable(why) => p { (why) },
                Failure::App(error) => {
                    p { (describe(error)) }
                    @if !error.problems().is_empty() { (problems(error.problems())) }
                }
            }
        }
    }
}

/// An error in words that every visitor may read. What a store says can name hosts, files and users, so it goes to the log,
/// under a reference that the page shows.
pub(super) fn describe(error: &Error) -> String {
    let is_own = error.store().is_none() && error.path().is_none();
    match error.kind() {
        _ if !error.problems().is_empty() => match error.problems().len() {
            1 => "There is one problem; nothing was written.".to_owned(),
            count => format!("There are {count} problems; nothing was written."),
        },
        ErrorKind::Conflict | ErrorKind::NeedsConfirmation | ErrorKind::NotFound if is_own => {
            error.message().to_owned()
        }
        ErrorKind::Denied => "You may not do that. Nothing was changed.".to_owned(),
        ErrorKind::NotFound => "The store has no such version.".to_owned(),
        ErrorKind::TooLarge => "This is larger than what the store takes; nothing was written.".to_owned(),
        _ => format!("The store cannot be read. Reference: {}", log_error(error)),
    }
}

/// Writes an error to the log, and gives the reference under which it stands there.
pub(super) fn log_error(error: &Error) -> String {
    let reference: String = std::iter::repeat_with(fastrand::alphanumeric).take(8).collect();
    let reference = reference.to_lowercase();
    tracing::warn!(reference, kind = ?error.kind(), %error, "the console cannot use the store");
    reference
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
        let is_temporary = response.status() == StatusCode::SERVICE_UNAVAILABLE;
        if is_temporary {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
        }
        response
    }
}
