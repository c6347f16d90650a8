//! Errors of S3 as errors of feats.

use std::error::Error as StdError;

use crate::error::{Error, ErrorKind};
use crate::tls;

/// A failure of an operation.
#[derive(Debug)]
pub(super) enum Failure {
    /// An error of the client or of the server.
    Api(object_store::Error),
    /// An error of feats.
    Described(Error),
}

impl Failure {
    /// Turns the failure into an error.
    pub(super) fn explain(self) -> Error {
        match self {
            Self::Described(error) => error,
            Self::Api(error) => {
                let (kind, message) = match tls::handshake_error(&error) {
                    Some(error) => tls::classify(error, "the server", "write http:// in the endpoint"),
                    None => {
                        let (kind, message) = classify(&error);
                        (kind, message.to_owned())
                    }
                };
                Error::new(kind, message).with_source(error)
            }
        }
    }

    /// Returns `true` if there is no such object.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Self::Api(error @ object_store::Error::NotFound { .. }) if !is_without_bucket(error))
    }

    /// Returns `true` if a conditional write was refused, because the object exists or has changed.
    pub(super) fn is_conflict(&self) -> bool {
        use object_store::Error::{AlreadyExists, Precondition};
        // S3 answers 409 if two conditional writes overlap.
        let overlaps = |error: &object_store::Error| causes(error).contains("ConditionalRequestConflict");
        matches!(self, Self::Api(error) if matches!(error, AlreadyExists { .. } | Precondition { .. }) || overlaps(error))
    }

    /// Returns `true` if the user may not do this.
    pub(super) fn is_denied(&self) -> bool {
        matches!(self, Self::Api(object_store::Error::PermissionDenied { .. }))
    }
}

impl From<object_store::Error> for Failure {
    fn from(error: object_store::Error) -> Self {
        Self::Api(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Described(error)
    }
}

fn is_without_bucket(error: &object_store::Error) -> bool {
    causes(error).contains("NoSuchBucket")
}

/// Returns the texts of an error and of its causes, which contain the code of S3.
fn causes(error: &object_store::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(&next.to_string());
        cause = next.source();
    }
    text
}

fn classify(error: &object_store::Error) -> (ErrorKind, &'static str) {
    use object_store::Error as Api;
    let text = causes(error);
    let has = |words: &str| text.contains(words);
    if has("NoSuchBucket") {
        return (ErrorKind::Invalid, "there is no bucket with this name; create it first");
    }
    if has("RequestTimeTooSkewed") {
        return (ErrorKind::Invalid, "the clock of this machine differs from the server's by more than 15 minutes");
    }
    if has("InvalidAccessKeyId") || has("SignatureDoesNotMatch") || has("ExpiredToken") || has("InvalidToken") {
        return (ErrorKind::Invalid, "S3 rejected the credentials");
    }
    if has("AuthorizationHeaderMalformed") || has("PermanentRedirect") || has("redirect without LOCATION") {
        return (ErrorKind::Invalid, "the bucket is in another region; set `region`");
    }
    match error {
        Api::PermissionDenied { .. } => (
            ErrorKind::Invalid,
            "the credentials lack a right on the bucket; the docs of feats::store::S3 list the required ones",
        ),
        Api::Unauthenticated { .. } => (ErrorKind::Invalid, "S3 rejected the credentials"),
        Api::NotFound { .. } => (ErrorKind::Unavailable, "the object is gone"),
        _ if has("timed out") => (ErrorKind::Timeout, "S3 did not respond in time"),
        _ if has("EntityTooLarge") => (ErrorKind::TooLarge, "the object is larger than the limit of S3"),
        _ if has("dns error") => (ErrorKind::Unavailable, "the host of the server cannot be resolved"),
        _ if has("metadata") || has("169.254") => {
            (ErrorKind::Invalid, "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        _ => (ErrorKind::Unavailable, "S3 cannot be reached, or failed"),
    }
}
