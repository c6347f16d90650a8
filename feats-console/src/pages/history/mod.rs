//! The history page: every version of a feature, newest first, with its changes and a rollback.

mod chain;
mod revision;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use feats::store::Page;
use feats::{Dynamic, FeatureHandle};
use maud::{Markup, html};
use serde::Deserialize;

use self::chain::Chain;
use self::revision::{HistoryContext, Stored};
use crate::access::Action;
use crate::components::{address, excerpt, feature_name, hidden};
use crate::failure::Failure;
use crate::flag;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

/// The number of revisions per page.
const REVISIONS_PER_PAGE: usize = 30;

/// The most characters of a comment in an option.
const OPTION_CHARACTERS: usize = 48;

/// The query parameters.
#[derive(Deserialize)]
pub(crate) struct PageQuery {
    name: String,
    /// Shows only revisions older than this version.
    before: Option<u64>,
}

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(query) = query?;
    let feature = context.feature_with_past(&query.name, Action::View)?;
    // One more than shown, because the oldest shown revision is compared with its predecessor.
    let entries = feature.entries(Page { before: query.before, limit: REVISIONS_PER_PAGE + 1 }).await?;
    let history = History::new(&context, &feature, entries.iter().map(Stored::decode).collect());
    let title = format!("History of {}", feature.name());
    Ok(layout(&context, Section::Features, &title, history.show()).into_response())
}

/// A page of a feature's history.
struct History<'a> {
    context: HistoryContext<'a>,
    /// The revisions of the page, newest first, and their predecessor.
    revisions: Vec<Stored>,
}

impl<'a> History<'a> {
    fn new(context: &RequestContext, feature: &'a FeatureHandle<Dynamic>, revisions: Vec<Stored>) -> Self {
        let newest = revisions.first().map_or(0, |revision| revision.version).max(feature.version());
        let status = context.app().status();
        let quarantine = status.quarantined.iter().find(|quarantine| quarantine.feature == feature.name());
        let serving = quarantine.map_or_else(|| Some(feature.version()), |quarantine| quarantine.serving);
        let (is_destroyed, may_roll_back) = (flag::is_destroyed(feature), context.may_roll_back(feature));
        Self { context: HistoryContext { feature, newest, serving, is_destroyed, may_roll_back }, revisions }
    }

    fn show(&self) -> Markup {
        html! {
            div.head {
                div {
                    h1 { "History" }
                    p { (feature_name(self.context.feature)) ". All versions, newest first. Versions are never overwritten." }
                }
            }
            @if self.context.is_destroyed {
                p.note {
                    b { "This flag was destroyed." } " Everyone gets disabled."
                    @if self.context.may_roll_back { " Roll back to a version to bring it back." }
                }
            }
            @if self.context.newest == 0 {
                section.card {
                    div.empty {
                        b { "No versions yet" }
                        "Everyone gets the default. Published versions appear here."
                    }
                }
            } @else if self.revisions.is_empty() {
                section.card {
                    div.empty {
                        b { "No older versions" }
                        a href=(address("history", &[("name", self.context.feature.name())])) { "Newest versions" }
                    }
                }
            } @else {
                (self.comparison())
                section.card {
                    @for (index, revision) in self.revisions.iter().take(REVISIONS_PER_PAGE).enumerate() {
                        (revision.show(&self.context, self.revisions.get(index + 1)))
                    }
                    @if self.is_last() { (self.beginning()) }
                    footer { (Chain::verify(&self.revisions).show()) }
                }
                (self.pages())
            }
        }
    }

    /// Returns `true` if the page contains the oldest version.
    fn is_last(&self) -> bool {
        self.revisions.len() <= REVISIONS_PER_PAGE
    }

    /// Renders the form that compares two versions of the page.
    fn comparison(&self) -> Markup {
        let options = |chosen: Option<u64>| {
            html! {
                @for revision in self.revisions.iter().take(REVISIONS_PER_PAGE) {
                    option value=(revision.version) selected[chosen == Some(revision.version)] {
                        (revision.version) @if let Some(comment) = revision.comment() { " · " (excerpt(comment, OPTION_CHARACTERS)) }
                    }
                }
                @if self.is_last() { option value="0" selected[chosen == Some(0)] { "0 · before the first version" } }
            }
        };
        let newest = self.revisions.first().map(|revision| revision.version);
        html! {
            form.tools action="compare" method="get" {
                (hidden("name", self.context.feature.name()))
                label.f { "Compare" select name="from" { (options(newest.map(|version| version.saturating_sub(1)))) } }
                label.f { "with" select name="to" { (options(newest)) } }
                button.btn { "Compare" }
            }
        }
    }

    /// Renders version 0.
    fn beginning(&self) -> Markup {
        html! {
            div.rev {
                span.v { "0" }
                div { b { "Before the first version" } br; span.quiet { "Everyone got the default." } }
                (self.context.rollback_button(0, !self.context.feature.declaration().flag))
            }
        }
    }

    fn pages(&self) -> Markup {
        let name = self.context.feature.name();
        let shown = REVISIONS_PER_PAGE as u64;
        let first = self.revisions.first().map_or(0, |revision| revision.version);
        let oldest = self.revisions.iter().take(REVISIONS_PER_PAGE).next_back().map_or(0, |revision| revision.version);
        let before = |version: u64| address("history", &[("name", name), ("before", &version.to_string())]);
        html! {
            @if first < self.context.newest || !self.is_last() {
                nav.pages aria-label="Pages of the history" {
                    @if first.saturating_add(shown) < self.context.newest {
                        a.btn href=(before(first.saturating_add(shown).saturating_add(1))) { "← Newer" }
                    } @else if first < self.context.newest {
                        a.btn href=(address("history", &[("name", name)])) { "← Newer" }
                    } @else {
                        span {}
                    }
                    @if !self.is_last() { a.btn href=(before(oldest)) { "Older →" } }
                }
            }
        }
    }
}
