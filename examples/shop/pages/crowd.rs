//! A hundred users, and the payment processor of each.

use axum::extract::State;
use feats::Feature;
use feats::web::RequestScope;
use maud::{Markup, html};

use super::decision;
use super::layout::{Refresh, page as layout};
use super::shop::Shop;
use crate::features::PaymentProcessor;
use crate::visitors::{COUNTRIES, User, hundred};

pub(super) async fn page(State(shop): State<Shop>, feats: RequestScope) -> Markup {
    // No use is recorded, because no card is charged. Overrides of this browser do not apply to other users.
    let choose = |user: User| (PaymentProcessor::find_implementation(&user), user);
    let scope = feats.scope().without_overrides();
    let crowd: Vec<(PaymentProcessor, User)> = scope.enter(|| hundred().map(choose).collect());
    let content = html! {
        div.head {
            h1 { "Payment processors of a hundred users" }
            p { "Each square is a user and links to their view of the shop. While a share grows, the users in it \
                 stay in it." }
        }
        section.card #shares data-live="quiet" { (shares(&crowd)) }
        @for (code, name) in COUNTRIES {
            section.card {
                h2 { (name) }
                ol.crowd { @for (processor, user) in &crowd { @if user.country == code { (square(*processor, user)) } } }
            }
        }
    };
    layout(&shop, &feats, "A hundred users", "/crowd", Refresh::EverySecond, content)
}

/// Renders the number of users of each implementation, as bars and numbers.
fn shares(crowd: &[(PaymentProcessor, User)]) -> Markup {
    let count = |processor| crowd.iter().filter(|(chosen, _)| *chosen == processor).count();
    html! {
        ul.shares {
            @for &processor in PaymentProcessor::ALL {
                li {
                    span { (decision::key(processor)) b { (processor) } }
                    svg.bar-of preserveAspectRatio="none" viewBox="0 0 100 1" aria-hidden="true" {
                        rect class={ "f-" (decision::color(processor)) } width=(count(processor)) height="1" {}
                    }
                    span.num { (count(processor)) }
                }
            }
        }
    }
}

fn square(processor: PaymentProcessor, User { id, country, .. }: &User) -> Markup {
    html! {
        li data-live id={ "user-" (id) } {
            a href={ "/?id=" (id) "&country=" (country) } title=(processor) aria-label={ "User " (id) ": " (processor) } {
                (decision::key(processor)) (id)
            }
        }
    }
}
