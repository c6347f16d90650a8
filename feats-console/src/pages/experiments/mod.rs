//! The page of experiments: the users of each arm, and whether their shares are as planned.

mod allocations;
mod card;
mod timeline;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use feats::model::Timestamp;
use feats::{Dynamic, FeatureHandle};
use maud::{Markup, html};
use serde::Deserialize;

use self::card::Card;
use crate::access::Action;
use crate::components::address;
use crate::failure::Failure;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

/// The number of features per page. Each of them queries the store.
const FEATURES_PER_PAGE: usize = 8;

/// The query parameters.
#[derive(Deserialize)]
pub(crate) struct PageQuery {
    /// The feature to show in detail.
    name: Option<String>,
    /// The page number, from 1.
    page: Option<usize>,
}

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    context.require(Action::View, None)?;
    let Query(query) = query?;
    let content = match query.name.filter(|name| !name.is_empty()) {
        Some(name) => of_one(&context.feature(&name, Action::View)?, context.app().now()).await,
        None => of_all(&context, query.page.unwrap_or(1)).await,
    };
    Ok(layout(&context, Section::Experiments, "Experiments", content).into_response())
}

async fn of_one(feature: &FeatureHandle<Dynamic>, now: Timestamp) -> Markup {
    let cards = Card::load(feature).await;
    html! {
        div.head {
            div {
                h1 { "Experiments of " (feature.name()) }
                p { "Users per arm, by the first implementation that they used. Counts are a few seconds old." }
            }
            div.acts {
                a.btn href=(address("feature", &[("name", feature.name())])) { "Rules" }
                a.btn.ghost href="experiments" { "All experiments" }
            }
        }
        @for card in &cards { (card.details(feature, now)) }
        @if cards.is_empty() { (empty_state(Some(feature.name()))) }
    }
}

async fn of_all(context: &RequestContext, page: usize) -> Markup {
    let running = running(context);
    let last = running.len().div_ceil(FEATURES_PER_PAGE).max(1);
    let page = page.clamp(1, last);
    let mut cards = Vec::new();
    for feature in running.iter().skip((page - 1) * FEATURES_PER_PAGE).take(FEATURES_PER_PAGE) {
        cards.extend(Card::load(feature).await.into_iter().map(|card| (feature, card)));
    }
    let to = |page: usize| address("experiments", &[("page", &page.to_string())]);
    html! {
        div.head {
            div {
                h1 { "Experiments" }
                p { "Users per arm, by the first implementation that they used. Counts are a few seconds old." }
            }
        }
        @for (feature, card) in &cards { (card.summary(feature)) }
        @if cards.is_empty() { (empty_state(None)) }
        @if last > 1 {
            nav.pages aria-label="Pages" {
                span { @if page > 1 { a.btn rel="prev" href=(to(page - 1)) { "Previous" } } }
                span.quiet.num { "Page " (page) " of " (last) }
                span { @if page < last { a.btn rel="next" href=(to(page + 1)) { "Next" } } }
            }
        }
    }
}

/// Returns the features with an experiment that the user may view.
fn running(context: &RequestContext) -> Vec<FeatureHandle<Dynamic>> {
    let declarations = context.declarations();
    let features = declarations.iter().filter_map(|feature| context.app().feature_named(&feature.name).ok());
    features.filter(|feature| context.console.summaries.get(feature).experiment).collect()
}

fn empty_state(feature: Option<&str>) -> Markup {
    html! {
        section.card {
            div.empty {
                b { "No experiments" }
                "To start one: "
                @match feature {
                    Some(name) => a href=(address("feature", &[("name", name)])) { "edit the rules of " (name) },
                    None => "open a feature, add a rule, choose “An experiment”",
                }
                ". Users keep the arm that they used first."
            }
        }
    }
}
