//! The front page: the goods, the visitor, and the decisions for this visitor.

use axum::extract::{Query, State};
use feats::web::RequestScope;
use maud::{Markup, PreEscaped, html};

use super::layout::{Refresh, page as layout};
use super::shop::Shop;
use super::{decision, form};
use crate::commands;
use crate::features::{AllowedPriorities, ImageProcessing, PaymentProcessor};
use crate::goods::{Item, SHELF};
use crate::visitors::User;

pub(super) async fn page(State(shop): State<Shop>, feats: RequestScope, Query(user): Query<User>) -> Markup {
    // Async code awaits decisions. The blocking functions would stop this thread while an experiment looks up an assignment.
    let priorities = AllowedPriorities::create_async(&user).await;
    let is_prepared = ImageProcessing::is_enabled_async(&user).await;
    let content = html! {
        div.cols {
            section.shelf aria-label="Goods" {
                @for item in &SHELF { (on_shelf(item, &user, priorities, is_prepared)) }
            }
            section.card {
                h2 { "Visitor" }
                (form::visitor(&user))
            }
        }
        section.card {
            h2 { "Decisions for user " (user.id) }
            div.decisions {
                (decision::card(&shop.app, &PaymentProcessor::explain(&user)))
                (decision::card(&shop.app, &AllowedPriorities::explain(&user)))
                (decision::card(&shop.app, &ImageProcessing::explain(&user)))
            }
        }
        section.card {
            h2 { "Try a change" }
            p.quiet {
                "Run a command in another terminal, or follow the steps in " a href="/feats" { "the console" }
                ". This page changes within a second."
            }
            ol.suggestions {
                @for command in commands::suggestions(&shop.store) {
                    li {
                        (command.purpose) pre tabindex="0" { code { (command.line) } }
                        p.quiet { "or " a href=(command.page) { "in the console" } ": " (command.clicks) }
                    }
                }
            }
        }
    };
    layout(&shop, &feats, "The shop", "/", Refresh::EverySecond, content)
}

fn on_shelf(item: &Item, user: &User, priorities: &[&str], is_prepared: bool) -> Markup {
    html! {
        article.item {
            div data-live id={ "picture-" (item.id) } { (picture(item, is_prepared)) }
            h3 { (item.name) } p.quiet { (item.about) }
            form method="post" action="/checkout" {
                (form::hidden(user))
                input type="hidden" name="item" value=(item.id);
                div data-live id={ "priority-" (item.id) } {
                    @if !priorities.is_empty() {
                        select name="priority" aria-label={ "Priority of the order: " (item.name) } {
                            @for priority in priorities { option selected[*priority == "Normal"] { (priority) } }
                        }
                    }
                }
                button.main { "Pay " (item.price) }
            }
        }
    }
}

/// Renders the picture, prepared for the visitor if image processing is on.
fn picture(item: &Item, is_prepared: bool) -> Markup {
    let class = if is_prepared { "picture" } else { "picture raw" };
    html! {
        svg class=(class) viewBox="0 0 120 80" role="img" aria-label=(item.name) { (PreEscaped(item.picture)) }
    }
}
