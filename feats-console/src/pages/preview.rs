//! The page that asks once more: what a pin, a rollback or a removal does, before it does it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::feature;
use super::foreseen;
use crate::access::Action;
use crate::components::hidden;
use crate::failure::Failure;
use crate::fields::Fields;
use crate::layout::{Section, address, feature_link, page as layout};
use crate::outlook::Foreseen;
use crate::proposal::{Proposal, What};
use crate::request_context::RequestContext;

/// What a proposal would do. Nothing is written.
pub(crate) async fn page(context: RequestContext, fields: Fields) -> Result<Response, Failure> {
    let proposal = Proposal::read(&context, &fields)?;
    show(&context, proposal, None, StatusCode::OK).await
}

/// The page for a proposal, with what went wrong when it was published.
pub(crate) async fn show(
    context: &RequestContext,
    mut proposal: Proposal,
    wrong: Option<String>,
    status: StatusCode,
) -> Result<Response, Failure> {
    if let What::Edit(draft) = &mut proposal.what {
        draft.wrong = wrong;
        draft.comment.clone_from(&proposal.comment);
        return Ok(feature::show(context, &proposal.feature, draft, &[], status).await);
    }
    let outdated = (proposal.base < proposal.feature.version()).then_some(proposal.base);
    // What is asked is asked of what stands now.
    proposal.base = proposal.feature.version();
    let foreseen = Foreseen::of(context, &proposal).await;
    if let Foreseen::Denied = foreseen {
        return Err(Failure::Denied);
    }
    let name = proposal.feature.name();
    let verb = proposal.what.verb();
    let content = html! {
        div.head {
            div {
                p.crumb { (feature_link(name)) }
                h1 { (verb) "?" }
                p { "Nobody is affected until you say so." }
            }
        }
        @if let Some(wrong) = &wrong { p.note.stop role="alert" { (wrong) } }
        @if let (Some(seen), Some(revision)) = (outdated, proposal.feature.revision()) {
            p.note role="alert" {
                "You saw version " (seen) "; by now " b { (revision.author()) } " has published version " (revision.version())
                @if !revision.comment().is_empty() { " (“" (revision.comment()) "”)" }
                ". What follows is about that one."
            }
        }
        div.cols.asks {
            div {
                (staying_pin(context, &proposal))
                (foreseen::card(proposal.feature.declaration(), &foreseen, &proposal.feature.state()))
            }
            aside {
                form #propose.card method="post" action="publish" {
                    header { h2 { "Publish" } }
                    div.in.stack {
                        (hidden("name", name))
                        (hidden("base", &proposal.base.to_string()))
                        @for (field, value) in proposal.what.fields() { (hidden(field, &value)) }
                        (foreseen::why(context, &proposal.comment, "propose"))
                        @if let Some(outlook) = foreseen.outlook() {
                            @if !matches!(proposal.what, What::RollBack { .. }) { (foreseen::consents(context, name, outlook, "propose")) }
                            @else { (foreseen::unknown_consent(context, name, outlook, "propose")) }
                            button.btn.main.stop[matches!(proposal.what, What::Pin(_) | What::Remove)] { (verb) }
                        }
                        a.btn.ghost href=(address("feature", &[("name", name)])) { "Leave it as it is" }
                        span.quiet { "as " (context.actor.name().unwrap_or("nobody")) ", on version " (proposal.base) }
                    }
                }
            }
        }
    };
    Ok((status, layout(context, Section::Features, &format!("{verb} · {name}"), content)).into_response())
}

/// A rollback leaves the pin in place; whoever may unpin can do both at once.
fn staying_pin(context: &RequestContext, proposal: &Proposal) -> Markup {
    let What::RollBack { version, unpins: false } = proposal.what else { return html! {} };
    let Some(pinned) = proposal.feature.state().pinned else { return html! {} };
    let (name, may_unpin) = (proposal.feature.name(), context.may(Action::Pin, Some(proposal.feature.name())));
    html! {
        form.note.stop.row.between method="post" action="preview" {
            span { b { "The pin stays: everyone gets " (pinned) "." } " Rolling back changes the rules behind it, not the pin." }
            @if may_unpin {
                (hidden("name", name))
                (hidden("base", &proposal.base.to_string()))
                (hidden("comment", &proposal.comment))
                @for (field, value) in (What::RollBack { version, unpins: true }).fields() { (hidden(field, &value)) }
                button.btn { "Unpin too…" }
            }
        }
    }
}
