//! Overrides of one browser: a cookie, which affects no other user.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use feats::model::Declaration;
use maud::{Markup, html};

use crate::access::Action;
use crate::components::{address, hidden, swatch, when};
use crate::failure::Failure;
use crate::fields::Fields;
use crate::request_context::RequestContext;

/// The durations of an override, in minutes.
const DURATIONS: [(&str, &str); 4] = [("15", "15 minutes"), ("120", "2 hours"), ("480", "8 hours"), ("1440", "a day")];

/// Sets or clears an override of the user's own browser.
pub(crate) async fn write(context: RequestContext, fields: Fields) -> Result<Response, Failure> {
    let feature = context.feature(fields.get("name"), Action::Override)?;
    let overrides = context.overrides(feature.name()).ok_or(Failure::Denied)?;
    let (actor, current) = (context.browser.actor.as_deref(), context.browser.overrides.as_slice());
    let cookie = match fields.get("do") {
        "end" => overrides.clear_cookie(context.app(), current, actor, Some(feature.name()))?,
        _ => {
            let time = Duration::from_secs(fields.number("minutes")?.saturating_mul(60));
            overrides.set_cookie(context.app(), current, actor, feature.name(), fields.get("browser"), time)?
        }
    };
    let location = address("feature", &[("name", feature.name())]);
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie)], [(LOCATION, location)]).into_response())
}

/// Renders the form on the page of a feature.
pub(super) fn card(context: &RequestContext, declaration: &Declaration) -> Markup {
    let name = &*declaration.name;
    let active = context.browser.overrides.iter().find(|active| active.feature == name);
    html! {
        section.card aria-labelledby="browser" {
            header { h2 #browser { "My browser only" } @if active.is_some() { span.tag.live { "active" } } }
            form.in.stack method="post" action="browser" {
                (hidden("name", name))
                @if let Some(active) = active {
                    p { (swatch(declaration, &active.implementation)) b { (active.implementation) } ", ends " (when(active.until)) "." }
                    button.btn name="do" value="end" { "Stop" }
                }
                label.f { "Implementation"
                    select #browser-choice name="browser" {
                        @for implementation in declaration.names() { option value=(implementation) { (implementation) } }
                    }
                }
                label.f { "For"
                    select #browser-minutes name="minutes" {
                        @for (minutes, text) in DURATIONS { option value=(minutes) selected[minutes == "120"] { (text) } }
                    }
                }
                button.btn name="do" value="show" { "Preview" }
                span.quiet { "Other users are not affected. Experiments don't count it." }
            }
        }
    }
}
