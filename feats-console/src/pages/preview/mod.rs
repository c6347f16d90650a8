//! The confirmation page of a pin, a rollback, a removal or a change of a flag as a whole, with its preview.

mod client_data;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::feature;
use crate::access::Action;
use crate::components::{address, feature_name, hidden};
use crate::failure::Failure;
use crate::fields::Fields;
use crate::flag;
use crate::layout::{Section, page as layout};
use crate::preview::{ChangeForm, FlagOperation, Operation, PreviewOutcome, card};
use crate::request_context::RequestContext;

/// Previews a change. Nothing is written.
pub(crate) async fn page(context: RequestContext, fields: Fields) -> Result<Response, Failure> {
    let form = ChangeForm::parse(&context, &fields)?;
    show(&context, form, None, StatusCode::OK).await
}

/// Shows the page of a change, with the error of an attempt to publish it.
pub(crate) async fn show(
    context: &RequestContext,
    mut form: ChangeForm,
    error: Option<String>,
    status: StatusCode,
) -> Result<Response, Failure> {
    if let Operation::Edit(draft) = &mut form.operation {
        draft.error = error;
        draft.comment.clone_from(&form.comment);
        return Ok(feature::show(context, &form.feature, draft, &[], status).await);
    }
    let seen = form.base;
    let conflict = client_data::rebase(&mut form).await?;
    if !matches!(form.operation, Operation::Flag(FlagOperation::ReplaceClientData(_))) {
        // The question is about the newest version.
        form.base = form.feature.version();
    }
    let outdated = (seen < form.base).then_some(seen);
    let outcome = PreviewOutcome::compute(context, &form).await;
    if let PreviewOutcome::Denied = outcome {
        return Err(Failure::Denied);
    }
    let name = form.feature.name();
    let label = form.operation.label(name);
    let consequence = match &form.operation {
        Operation::Flag(operation) => operation.consequence(),
        _ => None,
    };
    let content = html! {
        div.head {
            div {
                p.crumb { (feature_name(&form.feature)) }
                h1 { (label) "?" }
                p { "No one is affected until you confirm." @if let Some(consequence) = consequence { " " (consequence) } }
            }
        }
        @if let Some(error) = &error { p.note.stop role="alert" { (error) } }
        @if let (Some(seen), Some(revision)) = (outdated, form.feature.revision()) {
            p.note role="alert" {
                "You saw version " (seen) ". Meanwhile, " b { (revision.author()) } " published version " (revision.version())
                @if !revision.comment().is_empty() { " (“" (revision.comment()) "”)" }
                ". This preview is based on it."
            }
        }
        @if let (Some(seen), Some(conflict)) = (outdated, &conflict) { (client_data::conflict(&form.feature, seen, conflict)) }
        div.cols.asks {
            div {
                (pin_notice(context, &form))
                @if let Operation::Flag(FlagOperation::ReplaceClientData(text)) = &form.operation { (client_data::editor(text)) }
                (card::show(form.feature.declaration(), &outcome, &form.feature.state()))
            }
            aside {
                form #propose.card method="post" action="publish" {
                    header { h2 { "Publish" } }
                    div.in.stack {
                        (hidden("name", name))
                        (hidden("base", &form.base.to_string()))
                        @for (field, value) in form.operation.fields() { (hidden(field, &value)) }
                        (card::reason_field(context, &form.comment, "propose"))
                        @if let Some(preview) = outcome.preview() {
                            @if !matches!(form.operation, Operation::RollBack { .. }) { (card::confirmations(context, name, preview, "propose")) }
                            @else { (card::incompatible_confirmation(context, name, preview, "propose")) }
                            button.btn.main.stop[form.operation.is_dangerous()] { (label) }
                        }
                        a.btn.ghost href=(address(if flag::is_destroyed(&form.feature) { "history" } else { "feature" }, &[("name", name)])) { "Cancel" }
                        span.quiet { "as " (context.actor.name().unwrap_or("anonymous")) ", based on " @match form.base { 0 => "nothing", base => { "version " (base) } } }
                    }
                }
            }
        }
    };
    Ok((status, layout(context, Section::Features, &title(&label, name), content)).into_response())
}

/// Warns that a rollback keeps the pin, and offers to unpin too to users who may.
fn pin_notice(context: &RequestContext, form: &ChangeForm) -> Markup {
    let Operation::RollBack { version, unpins: false } = form.operation else { return html! {} };
    let Some(pinned) = form.feature.state().pinned else { return html! {} };
    let (name, may_unpin) = (form.feature.name(), context.may(Action::Pin, Some(form.feature.name())));
    html! {
        form.note.stop.row.between method="post" action="preview" {
            span { b { "The pin stays: everyone gets " (pinned) "." } " Rolling back changes only the rules." }
            @if may_unpin {
                (hidden("name", name))
                (hidden("base", &form.base.to_string()))
                (hidden("comment", &form.comment))
                @for (field, value) in (Operation::RollBack { version, unpins: true }).fields() { (hidden(field, &value)) }
                button.btn { "Unpin too…" }
            }
        }
    }
}

/// The title of the page, which names the feature once.
fn title(label: &str, name: &str) -> String {
    if label.ends_with(name) { label.to_owned() } else { format!("{label} · {name}") }
}
