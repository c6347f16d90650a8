//! The page that creates a flag.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use feats::model::limits;
use feats::text::check_name;
use feats::{Error, ErrorKind};
use maud::{Markup, html};

use crate::access::{Action, Write, decide};
use crate::components::{address, feature_link, hidden, problems};
use crate::failure::{Failure, describe, describe_unknown_outcome};
use crate::fields::Fields;
use crate::layout::{Section, page as layout};
use crate::preview::denied;
use crate::request_context::RequestContext;

/// The form of a new flag.
#[derive(Default)]
struct NewFlagForm {
    name: String,
    enabled: bool,
    comment: String,
}

/// The reason why a flag was not created.
enum Rejection {
    /// The name is not valid, for this reason.
    BadName(String),
    /// A flag has the name.
    Taken { is_archived: bool },
    /// Code declares a feature of this name.
    Declared,
    /// A reason is required.
    NoReason,
    /// The flag cannot be created, for another reason.
    Other(Error),
}

/// Shows the empty form.
pub(crate) async fn page(context: RequestContext) -> Result<Response, Failure> {
    context.require(Action::View, None)?;
    context.require(Action::CreateFlag, None)?;
    Ok(show(&context, &NewFlagForm::default(), None).into_response())
}

/// Creates a flag and redirects to it, or shows the form again with the error.
pub(super) async fn create(context: &RequestContext, fields: &Fields) -> Result<Response, Failure> {
    let form = NewFlagForm::parse(fields);
    // Without these permissions, the answer does not depend on whether the name is taken.
    context.require(Action::View, None)?;
    context.require(Action::View, Some(&form.name))?;
    context.require(Action::CreateFlag, Some(&form.name))?;
    match form.publish(context).await {
        Ok(version) => {
            let location = address("feature", &[("name", &form.name), ("published", &version.to_string())]);
            Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
        }
        Err(Rejection::Other(error)) if error.kind() == ErrorKind::Denied => Err(Failure::Denied),
        Err(rejection) => Ok((rejection.status(), show(context, &form, Some(&rejection))).into_response()),
    }
}

impl NewFlagForm {
    fn parse(fields: &Fields) -> Self {
        Self {
            name: fields.get("name").trim().to_owned(),
            enabled: fields.has("enabled"),
            comment: fields.get("comment").trim().to_owned(),
        }
    }

    /// Creates the flag, and returns its version.
    async fn publish(&self, context: &RequestContext) -> Result<u64, Rejection> {
        check_name(&self.name).map_err(Rejection::BadName)?;
        self.check_is_free(context)?;
        if context.settings().comment_required && self.comment.is_empty() {
            return Err(Rejection::NoReason);
        }
        let flags = context.app().flags().author(context.actor.name().unwrap_or_default());
        let flag = flags.create(self.name.as_str()).comment(self.comment.as_str());
        let flag = if self.enabled { flag.enabled() } else { flag };
        let change = flag.into_change().await.map_err(|error| self.rejection(context, error))?;
        let (console, actor, name) = (Arc::clone(&context.console), context.actor.clone(), self.name.clone());
        let change = change.authorize(move |prepared| {
            let write =
                Write { action: Action::CreateFlag, confirms: false, base: prepared.base, result: prepared.result };
            decide(&actor, &name, &write, console.settings.authorize.as_deref()).map_err(|_| denied(&name))
        });
        let published = change.publish().await.map_err(|error| self.rejection(context, error))?;
        Ok(published.version())
    }

    fn check_is_free(&self, context: &RequestContext) -> Result<(), Rejection> {
        match context.app().find_feature(&self.name) {
            None => Ok(()),
            Some(feature) if !feature.declaration().flag => Err(Rejection::Declared),
            Some(feature) => {
                let is_archived = feature.state().flag.is_some_and(|flag| flag.archived);
                Err(Rejection::Taken { is_archived })
            }
        }
    }

    /// The rejection that an error means. The name may have been taken in the meantime.
    fn rejection(&self, context: &RequestContext, error: Error) -> Rejection {
        match error.kind() {
            ErrorKind::AlreadyExists | ErrorKind::Conflict => match self.check_is_free(context) {
                Err(rejection) => rejection,
                Ok(()) => Rejection::Taken { is_archived: false },
            },
            _ => Rejection::Other(error),
        }
    }
}

impl Rejection {
    fn status(&self) -> StatusCode {
        match self {
            Rejection::Taken { .. } | Rejection::Declared => StatusCode::CONFLICT,
            Rejection::Other(error) if error.kind() == ErrorKind::ReadOnly => StatusCode::FORBIDDEN,
            Rejection::Other(error) if !matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Refused) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Rejection::BadName(_) | Rejection::NoReason | Rejection::Other(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// The error at the field of the name.
    fn at_name(&self, name: &str) -> Option<Markup> {
        Some(match self {
            Rejection::BadName(message) => html! { "Not a name: " (message) "." },
            Rejection::Taken { is_archived: false } => {
                html! { "There is already a flag named " (feature_link(name)) "." }
            }
            Rejection::Taken { is_archived: true } => {
                html! { (feature_link(name)) " is in the archive. Restore it, or destroy it first." }
            }
            Rejection::Declared => {
                html! { (feature_link(name)) " is a feature that code declares. Choose another name." }
            }
            Rejection::NoReason | Rejection::Other(_) => return None,
        })
    }
}

fn show(context: &RequestContext, form: &NewFlagForm, rejection: Option<&Rejection>) -> Markup {
    let wrong_name = rejection.and_then(|rejection| rejection.at_name(&form.name));
    let has_no_reason = matches!(rejection, Some(Rejection::NoReason));
    let required = context.settings().comment_required;
    let content = html! {
        div.head {
            div {
                p.crumb { a href="features" { "Features" } }
                h1 { "New flag" }
                p { "Programs ask for a flag by name. A feature whose implementations are in code is declared there." }
            }
        }
        @if let Some(Rejection::Other(error)) = rejection { (alert(error)) }
        form.card.narrow method="post" action="publish" novalidate {
            div.in.stack {
                (hidden("what", "create"))
                label.f { "Name"
                    input #name name="name" value=(form.name) autocomplete="off" spellcheck="false" required maxlength="200"
                        autofocus[!has_no_reason] aria-describedby="wrong-name" aria-invalid=[wrong_name.as_ref().map(|_| "true")];
                }
                p.bad #wrong-name { @if let Some(wrong) = &wrong_name { (wrong) } }
                label.check {
                    input type="checkbox" name="enabled" value="yes" checked[form.enabled];
                    "Enabled for everyone at once"
                }
                label.f { "Reason" @if required { " (required)" }
                    input #comment name="comment" value=(form.comment) maxlength=(limits::MAX_COMMENT_CHARACTERS) required[required]
                        autocomplete="off" autofocus[has_no_reason] aria-describedby="wrong-comment" aria-invalid=[has_no_reason.then_some("true")];
                }
                p.bad #wrong-comment { @if has_no_reason { "Enter a reason." } }
                div.row {
                    button.btn.main { "Create the flag" }
                    a.btn.ghost href="features" { "Cancel" }
                }
                span.quiet { "as " (context.actor.name().unwrap_or("anonymous")) ". Unless it is enabled, no one is affected." }
            }
        }
    };
    layout(context, Section::Features, "New flag", content)
}

/// Renders an error that is not about one field.
fn alert(error: &Error) -> Markup {
    let is_known = !error.problems().is_empty()
        || matches!(error.kind(), ErrorKind::ReadOnly | ErrorKind::Refused | ErrorKind::TooLarge);
    html! {
        div.note.stop role="alert" {
            @if is_known { (describe(error)) (problems(error.problems())) } @else { (describe_unknown_outcome(error)) }
        }
    }
}
