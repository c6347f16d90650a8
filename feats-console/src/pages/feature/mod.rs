//! The page of a feature: its rules, and the editor of its draft.

mod comparison;
mod condition;
mod conflict;
mod controls;
mod editor;
mod flag_cards;
mod gate;
mod overrides;
mod rules;
mod selector;
mod sidebar;
mod test_subject;
mod typed_check;
mod units;
mod uses;
mod variants;
mod view;

use std::collections::BTreeSet;
use std::time::SystemTime;

use axum::extract::Query;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use feats::model::{State, Timestamp};
use feats::{Dynamic, FeatureHandle};
use maud::{Markup, html};
use serde::Deserialize;

use self::test_subject::TestSubject;
use self::uses::Uses;
use self::view::FeatureView;
use crate::access::Action;
use crate::cache::best_effort;
use crate::components::{address, hidden};
use crate::draft::{Draft, encode, merge};
use crate::failure::Failure;
use crate::fields::Fields;
use crate::flag;
use crate::layout::{Section, page as layout};
use crate::preview::{ChangeForm, PreviewOutcome, card};
use crate::request_context::RequestContext;

#[derive(Deserialize)]
pub(crate) struct PageQuery {
    name: String,
    /// The version that the user has just published.
    published: Option<u64>,
    /// The position of the first rule to show.
    rules: Option<usize>,
}

/// Shows the live state, ready to be edited. Of a flag that was destroyed, only the history is left.
pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<PageQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|_| Failure::FeatureNotFound)?;
    let feature = context.feature_with_past(&query.name, Action::View)?;
    if flag::is_destroyed(&feature) {
        let location = address("history", &[("name", feature.name())]);
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response());
    }
    let mut draft = Draft::from_newest(&feature);
    draft.first_rule = query.rules.unwrap_or(0);
    if let Some(version) = query.published.filter(|version| *version == draft.base) {
        draft.notice = format!("Published as version {version}.");
    }
    Ok(show(&context, &feature, &draft, &[], StatusCode::OK).await)
}

/// Applies a step to a draft. Nothing is written.
pub(crate) async fn edit(context: RequestContext, fields: Fields) -> Result<Response, Failure> {
    let feature = context.feature(fields.get("name"), Action::Publish)?;
    Draft::check(&context, &feature)?;
    let mut draft = Draft::parse(&fields, feature.declaration())?;
    if fields.get("do") == "merge" {
        draft = rebase_draft(&feature, draft).await?;
    }
    Ok(show(&context, &feature, &draft, fields.pairs(), StatusCode::OK).await)
}

/// Shows the page with a draft.
pub(crate) async fn show(
    context: &RequestContext,
    feature: &FeatureHandle<Dynamic>,
    draft: &Draft,
    parameters: &[(String, String)],
    status: StatusCode,
) -> Response {
    let (live, now) = (feature.state(), Timestamp::from(SystemTime::now()));
    let mut draft = draft.clone();
    let is_changed = draft.state != live || draft.base != feature.version();
    let mut form = ChangeForm::from_draft(feature, &draft);
    // If publishing was rejected, the page shows the preview even of an unchanged draft, because it lists the problems.
    let outcome = match (is_changed || draft.error.is_some()) && draft.is_complete() {
        true => Some(PreviewOutcome::compute(context, &form).await),
        false => None,
    };
    if let Some(PreviewOutcome::Denied) = outcome {
        return Failure::Denied.into_response();
    }
    if let Some(preview) = outcome.as_ref().and_then(PreviewOutcome::preview) {
        draft.keep_seeds(&preview.after);
        form = ChangeForm::from_draft(feature, &draft);
    }
    let test_subject = TestSubject::evaluate(context, &form, &draft, parameters).await;
    let attributes = if draft.open.is_some() { attributes(context).await } else { Vec::new() };
    let declaration = flag::editable(feature.declaration(), &draft.state);
    let view = FeatureView { context, feature, declaration, live, draft: &draft, is_changed, outcome, attributes, now };
    let content = view.content(&test_subject).await;
    (status, layout(context, Section::Features, feature.name(), content)).into_response()
}

/// Returns the names of program attributes, or none if the store is unreachable.
async fn attributes(context: &RequestContext) -> Vec<String> {
    let catalogs = best_effort(context.app(), context.app().catalogs()).await.unwrap_or_default();
    let names: BTreeSet<String> = catalogs.into_values().flat_map(|catalog| catalog.attributes.into_keys()).collect();
    names.into_iter().collect()
}

/// Rebases the draft on the newest version.
async fn rebase_draft(feature: &FeatureHandle<Dynamic>, draft: Draft) -> Result<Draft, Failure> {
    let base = match draft.base {
        0 => State::default(),
        version => feature.revision_at(version).await?.state(),
    };
    let newest = feature.version();
    let merged = merge(&base, &feature.state(), &draft.state);
    let mut draft = draft.rebase(newest, merged.state, feature.declaration());
    draft.notice = format!("Your changes are now based on version {newest}.");
    if !merged.conflicts.is_empty() {
        draft.error = Some(format!("Both of you changed {}. Yours is kept; review it.", merged.conflicts.join(", ")));
    }
    Ok(draft)
}

impl FeatureView<'_> {
    async fn content(&self, test_subject: &TestSubject) -> Markup {
        let live_flag = self.live.flag.as_ref();
        let is_archived = live_flag.is_some_and(|flag| flag.archived);
        let is_readable = Draft::is_readable(self.context, self.feature.name(), &self.live);
        let may_edit = self.may(Action::Publish) && is_readable && !is_archived;
        let may_pin = self.may(Action::Pin) && (!is_archived || self.live.pinned.is_some());
        let uses = Uses::load(self).await;
        html! {
            div #editor {
                (self.head())
                div role="status" aria-live="polite" {
                    @if !self.draft.notice.is_empty() { p.note.ok { (self.draft.notice) } }
                }
                @if let Some(error) = &self.draft.error { p.note.stop role="alert" { (error) } }
                div #editing {
                    @if self.is_outdated() { (conflict::card(self).await) }
                    @else if self.is_changed {
                        p.note.info {
                            b { "Draft." } " No one is affected until you publish. "
                            a href=(address("feature", &[("name", self.feature.name())])) data-discard { "Discard" }
                        }
                    }
                }
                @if let Some(pinned) = &self.live.pinned {
                    p.note.stop { b { "Pinned: everyone gets " (pinned) "." } " The rules have no effect until you unpin." }
                }
                @if self.live.pinned.is_none() && live_flag.is_some_and(|flag| !flag.is_active()) {
                    p.note.info {
                        b { "Everyone gets disabled." }
                        @if is_archived { " The flag is archived. Restore it to change it." }
                        @else { " The rules have no effect until the flag is enabled." }
                    }
                }
                @if let Some(quarantine) = self.quarantine() {
                    p.note.stop { (feats::describe::serving(&quarantine)) ". You can't edit it here. You can pin, roll back or replace it." }
                }
                div.cols {
                    @if live_flag.is_some() || may_pin {
                        div.kill {
                            @if let Some(flag) = live_flag { (flag_cards::state(self, flag)) }
                            @if may_pin { (sidebar::pin(self)) }
                        }
                    }
                    form #draft method="post" action="feature" novalidate hx-sync="this:drop" data-changed[self.is_changed] {
                        // Pressing Enter in a text field triggers this button, which only keeps the typed values.
                        button.sr type="submit" tabindex="-1" aria-hidden="true"
                            hx-post="feature" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none" { "Keep" }
                        (hidden("name", self.feature.name()))
                        (hidden("base", &self.draft.base.to_string()))
                        (hidden("what", "edit"))
                        @if may_edit { (hidden("draft", &encode(&self.draft.state))) }
                        // Keeps the comment while the page has no field for it.
                        @if self.is_outdated() { (hidden("comment", &self.draft.comment)) }
                        @if let Some((place, _)) = &self.draft.open { (hidden("open", &place.to_string())) }
                        (rules::card(self, may_edit))
                        div #preview { @if let Some(outcome) = self.outcome.as_ref().filter(|_| !self.is_outdated()) { (card::show(self.declaration(), outcome, &self.live)) } }
                        @if self.declaration().flag && may_edit { (typed_check::suggestions(self)) }
                        @if self.declaration().flag { (variants::card(self, may_edit)) }
                        (overrides::card(self, may_edit))
                        @if may_edit { (test_subject::card(self, test_subject)) }
                    }
                    aside {
                        (sidebar::cards(self, may_edit))
                        @if let Some(flag) = live_flag { (flag_cards::client_data(self, flag, may_edit)) }
                        @if let Some(uses) = &uses { (uses::card(self, uses)) }
                    }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        let feature = self.declaration();
        html! {
            div.head {
                div {
                    h1 { (feature.name) }
                    @if !feature.doc.is_empty() { p { (feature.doc) } }
                    p.row {
                        @if let Some(flag) = &self.live.flag {
                            span.tag { "flag" }
                            @if flag.archived { span.tag.stop { "archived" } }
                            @else if !flag.enabled { span.tag.stop { "disabled" } }
                        }
                        @if let Some(kind) = feature.kind { span.tag { (kind) } }
                        @if let Some(owner) = &feature.owner { span.tag { (owner) } }
                        @if let Some(expires) = &feature.expires { span.tag { "expires " (expires) } }
                        span.tag { @match self.feature.version() { 0 => "never changed", version => { "version " (version) } } }
                        @if let Some(origin) = &feature.location { code.quiet { (origin.module) } }
                    }
                }
                div.acts {
                    a.btn.ghost href=(address("explain", &[("name", &feature.name)])) { "Explain" }
                    a.btn.ghost href=(address("history", &[("name", &feature.name)])) { "History" }
                }
            }
        }
    }
}
