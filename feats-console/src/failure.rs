//! Error pages.

use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use feats::{Error, ErrorKind};
use maud::{Markup, html};

use super::components::problems;
use super::document::bare;

/// The value of the `Retry-After` header.
const RETRY_AFTER_SECONDS: u64 = 10;

/// The reason why a request failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is no page at this address.
    PageNotFound,
    /// There is no such feature, or the user may not view it.
    FeatureNotFound,
    /// The user lacks the permission.
    Denied,
    /// A write came from another origin.
    OtherOrigin,
    /// The request exceeds a size limit.
    TooLarge,
    /// The limit of concurrent requests is reached.
    Busy,
    /// The body did not arrive in time.
    SlowBody,
    /// The response took too long.
    Timeout,
    /// The console panicked.
    Panicked,
    /// The input cannot be read, for this reason.
    Unreadable(String),
    /// The app returned an error.
    App(Error),
}

/// Responds to unknown addresses.
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
                ErrorKind::Invalid | ErrorKind::Refused => StatusCode::UNPROCESSABLE_ENTITY,
                ErrorKind::Conflict | ErrorKind::NeedsConfirmation => StatusCode::CONFLICT,
                ErrorKind::Denied | ErrorKind::ReadOnly => StatusCode::FORBIDDEN,
                ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::SERVICE_UNAVAILABLE,
            },
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Failure::PageNotFound => "Page not found",
            Failure::FeatureNotFound => "Feature not found",
            Failure::Denied => "You can't do that",
            Failure::OtherOrigin => "Request from another site",
            Failure::TooLarge => "Request too large",
            Failure::Busy => "Busy, try again",
            Failure::SlowBody => "Upload timed out",
            Failure::Timeout => "Request timed out",
            Failure::Panicked => "Internal error",
            Failure::Unreadable(_) => "Invalid request",
            Failure::App(error) if error.kind() == ErrorKind::Denied => "You can't do that",
            Failure::App(_) => "Request failed",
        }
    }

    fn advice(&self) -> Markup {
        html! {
            @match self {
                Failure::PageNotFound => p { "Check the address." },
                Failure::FeatureNotFound => p {
                    "No program that uses this store declares a feature with this name, or you have no access to it."
                },
                Failure::Denied => p { "Nothing was changed. The administrators of this console set the permissions." },
                Failure::OtherOrigin => p {
                    "Nothing was changed. Changes must be sent from a page of this console."
                },
                Failure::TooLarge => p { "Nothing was changed. To publish a state of this size, use the command line." },
                Failure::Busy => p { "The console is busy. Try again in a few seconds." },
                Failure::SlowBody => p { "Nothing was changed. Send the form again." },
                Failure::Timeout => p {
                    "If this was a change, it may or may not be published: check the history. Try again in a few seconds."
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

/// Describes an error to any user. Messages of a store can name hosts, files and users, so they are only logged, with a
/// reference that the page shows.
pub(super) fn describe(error: &Error) -> String {
    let is_own = error.store().is_none() && error.path().is_none();
    match error.kind() {
        _ if !error.problems().is_empty() => match error.problems().len() {
            1 => "Nothing was published: there is 1 problem.".to_owned(),
            count => format!("Nothing was published: there are {count} problems."),
        },
        ErrorKind::Conflict | ErrorKind::NeedsConfirmation | ErrorKind::NotFound if is_own => {
            error.message().to_owned()
        }
        ErrorKind::Denied => "You can't do that. Nothing was changed.".to_owned(),
        ErrorKind::Refused => {
            format!("Nothing was published. A listener of this program refused the change: {}", error.message())
        }
        ErrorKind::NotFound => "This version is not in the store.".to_owned(),
        ErrorKind::ReadOnly => "Nothing was published: the store of this program is read-only.".to_owned(),
        ErrorKind::TooLarge => "Nothing was published: the state exceeds the size limit of the store.".to_owned(),
        _ => format!("The store can't be read. Reference: {}", log_error(error)),
    }
}

/// Describes the error of a write if the store does not answer, so that the outcome is unknown.
pub(super) fn describe_unknown_outcome(error: &Error) -> String {
    let reference = log_error(error);
    format!("The store did not answer, so this may or may not be published: check the history. Reference: {reference}")
}

/// Logs an error and returns its reference in the log.
pub(super) fn log_error(error: &Error) -> String {
    let reference: String = std::iter::repeat_with(fastrand::alphanumeric).take(8).collect();
    let reference = reference.to_lowercase();
    tracing::warn!(reference, kind = ?error.kind(), %error, "the console cannot access the store");
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
