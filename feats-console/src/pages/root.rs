//! Where the console begins.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;

/// Leads to the features. The address is relative: it has to be said from the last part of the path that was asked for,
/// as that is with or without a slash at its end.
pub(crate) async fn to_features(OriginalUri(asked): OriginalUri) -> impl IntoResponse {
    let last = asked.path().rsplit('/').next().unwrap_or_default();
    let location = if last.is_empty() { "./features".to_owned() } else { format!("./{last}/features") };
    (StatusCode::SEE_OTHER, [(LOCATION, location)])
}
