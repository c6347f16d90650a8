//! The variant of a flag as JSON, for scripts of the site, and for staff who ask for another user.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use serde::Deserialize;

use crate::gatekeeper::{Gatekeeper, Staff};

/// The query: `?user_id=9` asks for another user.
#[derive(Deserialize)]
pub(super) struct Question {
    user_id: Option<i64>,
}

pub(super) async fn variant(
    gatekeeper: Gatekeeper,
    staff: Result<Staff, StatusCode>,
    Path(flag): Path<String>,
    Query(question): Query<Question>,
) -> Result<Json<Option<String>>, StatusCode> {
    Ok(Json(match question.user_id {
        None => gatekeeper.variant(&flag).map(|variant| variant.to_string()),
        Some(user_id) => gatekeeper.variant_for(staff?, &flag, user_id).map(|variant| variant.to_string()),
    }))
}
