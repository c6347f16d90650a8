//! A row of the list of features.

use std::borrow::Cow;
use std::sync::Arc;

use feats::model::Declaration;
use feats::usage::{Series, Staleness};
use maud::{Markup, html};

use super::list_context::ListContext;
use super::query::MatchedFeature;
use crate::components::{
    Share, address, bar, feature_link, first_sentence, grouped, isolated, legend, rich_text, spark, when,
};
use crate::flag;
use crate::summaries::CurrentSummary;

/// The data of a row.
pub(super) struct Row<'a> {
    matched: &'a MatchedFeature,
    /// The declaration, with the variants of a flag.
    declaration: Cow<'a, Declaration>,
    live: Arc<CurrentSummary>,
    quarantined: bool,
    stale: &'a [Staleness],
    uses: Option<&'a Series>,
}

impl<'a> Row<'a> {
    pub(super) fn new(matched: &'a MatchedFeature, list: &'a ListContext) -> Self {
        let name = matched.feature.name();
        let quarantine = list.quarantine(name);
        Self {
            matched,
            declaration: flag::live_declaration(&matched.feature),
            live: matched.summary.live(&matched.feature, quarantine, list.now),
            quarantined: quarantine.is_some(),
            stale: list.stale.get(name).map_or(&[], Vec::as_slice),
            uses: list.uses(name).filter(|uses| uses.total() > 0),
        }
    }
}

pub(super) fn row(row: &Row<'_>) -> Markup {
    let declaration = &*row.declaration;
    let usage_shares = row.uses.map(|uses| usage_shares(row, uses));
    let shares = usage_shares.as_ref().unwrap_or(&row.live.shares);
    html! {
        tr {
            td {
                (feature_link(&declaration.name))
                @let doc = first_sentence(&declaration.doc);
                @if !doc.is_empty() { p.quiet { (doc) } }
                (tags(row))
            }
            td {
                p.sentence { (rich_text(declaration, &row.live.sentence)) }
                @if !shares.is_empty() {
                    (bar(declaration, shares))
                    @if shares.len() > 1 { (legend(declaration, shares)) }
                }
            }
            td.uses {
                @match row.uses {
                    Some(uses) => { span.num { (grouped(uses.total())) } (spark(&uses.totals())) }
                    None => span.quiet { "no uses" },
                }
            }
            td.when { (change(row)) }
        }
    }
}

/// Computes the shares of uses, rounded to a tenth of a percent. Shares that round to zero are omitted.
#[expect(clippy::cast_precision_loss, reason = "shares are shown to a tenth of a percent")]
fn usage_shares(row: &Row<'_>, uses: &Series) -> Vec<Share> {
    let total = uses.total().max(1) as f64;
    let percent = |count: u64| (count as f64 / total * 1_000.0).round() / 10.0;
    let shares = row.declaration.names().map(|name| Share::new(name, percent(uses.count(name))));
    shares.filter(|share| share.percent > 0.0).collect()
}

fn tags(row: &Row<'_>) -> Markup {
    let declaration = row.matched.feature.declaration();
    html! {
        p.tags {
            @if declaration.flag { span.tag { "flag" } " " }
            @if let Some(flag) = row.matched.summary.flag {
                @if flag.archived { span.tag.stop { "archived" } " " }
                @else if !flag.enabled { span.tag.stop { "disabled" } " " }
            }
            @if row.quarantined { span.tag.stop { "quarantined" } " " }
            @if row.matched.summary.pinned { span.tag.stop { "pinned" } " " }
            @if row.matched.summary.experiment { span.tag.live { "experiment running" } " " }
            @for why in row.stale { span.tag.warn { "stale: " (why) } " " }
            @if let Some(kind) = declaration.kind { span.tag { (kind) } " " }
            @if let Some(owner) = &declaration.owner { span.tag { (owner) } }
        }
    }
}

fn change(row: &Row<'_>) -> Markup {
    html! {
        @match &row.matched.summary.change {
            Some(change) => {
                a href=(address("history", &[("name", row.matched.feature.name())])) { (when(change.time)) }
                p.quiet {
                    (isolated(&change.author))
                    @if !change.comment.is_empty() { " · " (isolated(&change.comment)) }
                }
            }
            None => span.quiet { "never changed" },
        }
    }
}
