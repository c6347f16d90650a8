//! The layout of all pages.

use feats::StoreConnection;
use feats::web::RequestScope;
use maud::{DOCTYPE, Markup, html};

use super::shop::Shop;

/// The pages in the navigation.
const PAGES: [(&str, &str); 2] = [("/", "Shop"), ("/crowd", "A hundred users")];

/// The way in which a page is refreshed.
pub(super) enum Refresh {
    /// Once a second, by a script, or by a reload of the page if scripts are disabled.
    EverySecond,
    /// Never, because the page describes a past event.
    Never,
}

/// Renders a page with its title, its path in the navigation, and its content.
pub(super) fn page(
    shop: &Shop,
    feats: &RequestScope,
    title: &str,
    path: &str,
    refresh: Refresh,
    content: Markup,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · feats" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/style.css";
                @if let Refresh::EverySecond = refresh {
                    noscript { meta http-equiv="refresh" content="1"; }
                    script src="/live.js" defer {}
                }
            }
            body {
                header.bar {
                    strong { "The shop" }
                    nav aria-label="Pages" {
                        @for (target, name) in PAGES {
                            a href=(target) aria-current=[(target == path).then_some("page")] { (name) }
                        }
                    }
                    (status(shop))
                }
                main {
                    (overrides(feats))
                    (troubles(shop))
                    (content)
                }
            }
        }
    }
}

/// Renders the state of the connection, and the store.
fn status(shop: &Shop) -> Markup {
    let status = shop.app.status();
    let (class, word) = match status.connection {
        StoreConnection::Live => ("ok", "live"),
        StoreConnection::Starting => ("warn", "starting"),
        StoreConnection::Stale => ("warn", "stale"),
        StoreConnection::Stopped => ("stop", "stopped"),
    };
    html! {
        span #status.status data-live {
            i.dot.(class) {} (word) span.store { " · " (shop.store) }
        }
    }
}

/// Renders the overrides of this browser, so that they are not mistaken for the state that everyone gets.
fn overrides(feats: &RequestScope) -> Markup {
    html! {
        div #overrides data-live {
            @for active in feats.overrides() {
                p.note {
                    "My browser only: " b { (active.feature) } " is " b { (active.implementation) }
                    " until " (active.until) "."
                }
            }
        }
    }
}

/// Renders problems for the operators. The shop keeps working in any case.
fn troubles(shop: &Shop) -> Markup {
    let status = shop.app.status();
    html! {
        div #troubles data-live {
            @if !status.is_live() {
                p.note {
                    "Store unreachable since " (status.since) ". The last known versions stay in effect."
                    @if let Some(error) = &status.error { br; (error) }
                }
            }
            @for quarantine in &status.quarantined {
                p.note {
                    "Version " (quarantine.version) " of " b { (quarantine.feature) } " can't be used by this program"
                    @match quarantine.serving {
                        Some(version) => { ". Version " (version) " stays in effect." }
                        None => { ". The default is served." }
                    }
                    @for problem in &quarantine.problems { br; (problem) }
                }
            }
            @for warning in &status.warnings { p.note { (warning) } }
        }
        p.note.away hidden #away { "The shop does not answer. This page shows its last state." }
    }
}
