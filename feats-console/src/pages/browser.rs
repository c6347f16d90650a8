//! What one browser alone is shown: a cookie, and no change to anybody else.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::response::{IntoResponse, Response};

use crate::access::Action;
use crate::failure::Failure;
use crate::fields::Fields;
use crate::layout::address;
use crate::visit::Visit;

/// Sets or ends an override of the visitor's own browser.
pub(crate) async fn write(visit: Visit, fields: Fields) -> Result<Response, Failure> {
    let feature = visit.feature(fields.get("name"), Action::Override)?;
    let overrides = visit.overrides(feature.name()).ok_or(Failure::Denied)?;
    let (actor, current) = (visit.browser.actor.as_deref(), visit.browser.overrides.as_slice());
    let cookie = match fields.get("do") {
        "end" => overrides.clear_cookie(visit.app(), current, actor, Some(feature.name()))?,
        _ => {
            let time = Duration::from_secs(fields.number("minutes")?.saturating_mul(60));
            overrides.set_cookie(visit.app(), current, actor, feature.name(), fields.get("browser"), time)?
        }
    };
    let location = address("feature", &[("name", feature.name())]);
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie)], [(LOCATION, location)]).into_response())
}
