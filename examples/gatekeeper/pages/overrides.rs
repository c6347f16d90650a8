//! The page for staff that lists, sets and clears overrides, of this browser and of users.

use std::time::Duration;

use axum::extract::{Form, Query, State};
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use feats::web::ActiveOverride;
use minijinja::context;
use minijinja::value::Serde;
use serde::{Deserialize, Serialize};

use super::site::{Failure, Site};
use crate::flags::USER_ID;
use crate::gatekeeper::{Gatekeeper, Staff};

/// The duration of an override in a browser.
const DURATION: Duration = Duration::from_secs(2 * 60 * 60);

/// The query: `?user_id=9` also shows what another user gets.
#[derive(Deserialize)]
pub(super) struct Question {
    user_id: Option<i64>,
}

/// The form of an override in this browser. Without a variant, it clears the override; without a flag, all of them.
#[derive(Deserialize)]
pub(super) struct BrowserForm {
    flag: Option<String>,
    variant: Option<String>,
}

/// The form of an override of a user. Without a variant, it removes the override.
#[derive(Deserialize)]
pub(super) struct UserForm {
    flag: String,
    user_id: i64,
    variant: Option<String>,
}

/// A flag, as the page shows it.
#[derive(Serialize)]
struct Row {
    name: String,
    choices: Vec<String>,
    variant: String,
    reason: String,
    /// What the other user gets; empty if the flag is disabled for them.
    other: Option<String>,
    /// The variant of the override in this browser, and the minutes that are left.
    browser: Option<(String, u64)>,
    /// The overrides of users: the number and the variant.
    users: Vec<(String, String)>,
}

pub(super) async fn page(
    State(site): State<Site>,
    staff: Staff,
    gatekeeper: Gatekeeper,
    Query(question): Query<Question>,
) -> Response {
    let names = site.app.flags().list().names();
    let rows: Vec<Row> = names.into_iter().filter_map(|name| row(&site, &gatekeeper, staff, name, &question)).collect();
    let values = context! {
        user => Serde(staff.0),
        rows => Serde(rows),
        other => question.user_id,
        is_overridden => !gatekeeper.scope().overrides().is_empty(),
    };
    site.render("overrides.html", values)
}

/// Sets or clears overrides in this browser, which its cookie has.
pub(super) async fn browser(
    State(site): State<Site>,
    _: Staff,
    gatekeeper: Gatekeeper,
    Form(form): Form<BrowserForm>,
) -> Result<Response, Failure> {
    let (current, actor) = (gatekeeper.scope().overrides(), gatekeeper.scope().actor());
    let cookie = match (&form.flag, &form.variant) {
        (Some(flag), Some(variant)) => site.overrides.set_cookie(&site.app, current, actor, flag, variant, DURATION)?,
        (flag, _) => site.overrides.clear_cookie(&site.app, current, actor, flag.as_deref())?,
    };
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/overrides")).into_response())
}

/// Sets or removes the override of a user, in the state of the flag. Its history shows who did it.
pub(super) async fn user(
    State(site): State<Site>,
    Staff(author): Staff,
    Form(form): Form<UserForm>,
) -> Result<Redirect, Failure> {
    let flag = site.app.flags().author(author.name).get(form.flag);
    match form.variant {
        Some(variant) => flag.override_for(USER_ID, [form.user_id], variant).await?,
        None => flag.remove_override(USER_ID, [form.user_id]).await?,
    };
    Ok(Redirect::to("/overrides"))
}

fn row(site: &Site, gatekeeper: &Gatekeeper, staff: Staff, name: String, question: &Question) -> Option<Row> {
    let (feature, decision) = (site.app.find_feature(&name)?, gatekeeper.explain(&name)?);
    let other = question.user_id.and_then(|user_id| gatekeeper.variant_for(staff, &name, user_id));
    let browser = gatekeeper.scope().overrides().iter().find(|active| active.feature == name);
    let minutes_left = |active: &ActiveOverride| active.until.since(site.app.now()).as_secs().div_ceil(60);
    let users = feature.state().overrides.into_iter().filter(|listed| listed.segment == USER_ID);
    let users = users.flat_map(|listed| {
        let choice = listed.choice;
        listed.values.into_iter().map(move |user_id| (user_id.to_string(), choice.clone()))
    });
    Some(Row {
        choices: feature.choices().iter().map(ToString::to_string).collect(),
        variant: decision.name().to_owned(),
        reason: decision.rule().map_or_else(|| decision.reason().to_string().replace('_', " "), str::to_owned),
        other: other.map(|variant| variant.to_string()),
        browser: browser.map(|active| (active.implementation.clone(), minutes_left(active))),
        users: users.collect(),
        name,
    })
}
