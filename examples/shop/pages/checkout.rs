//! The checkout, in which the processor that is chosen for the visitor charges the card.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use feats::web::RequestScope;
use maud::html;
use serde::Deserialize;

use super::decision;
use super::layout::{Refresh, page as layout};
use super::shop::Shop;
use crate::features::{AllowedPriorities, PaymentProcessor};
use crate::goods;
use crate::visitors::User;

/// The form of an item: the order, and the visitor.
#[derive(Deserialize)]
pub(super) struct Order {
    item: String,
    priority: Option<String>,
    id: u64,
    country: String,
    subdivision: String,
}

pub(super) async fn page(State(shop): State<Shop>, feats: RequestScope, Form(order): Form<Order>) -> Response {
    let Order { item, priority, id, country, subdivision } = order;
    let user = User { id, country, subdivision };
    let Some(item) = goods::find(&item) else { return StatusCode::NOT_FOUND.into_response() };

    let receipt = PaymentProcessor::create_async(&user).await.charge(item.price);
    // Chosen again, because an operator may have published a change since the form was shown.
    let allowed = AllowedPriorities::create_async(&user).await;
    let priority = priority.filter(|priority| allowed.contains(&priority.as_str()));

    let content = html! {
        section.card.receipt {
            h1 { "Thank you" }
            p {
                (receipt.processor) " charged " b { (receipt.price) } " for: " (item.name) ". Its fee is "
                b { (receipt.fee) } "."
            }
            p {
                "Your order is on the packing list"
                @if let Some(priority) = priority { " as " b { (priority.to_lowercase()) } }
                "."
            }
            (decision::card(&shop.app, &PaymentProcessor::explain(&user)))
            p { a href="/" { "Back to the shop" } }
        }
    };
    layout(&shop, &feats, "Thank you", "/checkout", Refresh::Never, content).into_response()
}
