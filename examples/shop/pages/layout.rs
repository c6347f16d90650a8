//! What all pages have around them.

use feats::StoreConnection;
use feats::web::RequestScope;
use maud::{DOCTYPE, Markup, html};

use super::shop::Shop;

/// The pages that can be navigated to.
const PAGES: [(&str, &str); 2] = [("/", "Shop"), ("/crowd", "A hundred users")];

/// How a page is kept up to date.
pub(super) enum Refresh {
    /// Once a second: by a script, or where there is none by loading the page anew.
    EverySecond,
    /// It tells what has happened, which does not change.
    Never,
}

/// A page with its title, the path under which it is navigated to, and its content.
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

/// Whether changes arrive, and from where.
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

/// What only this browser is shown, so that nobody takes it for what everyone gets.
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

/// What the operators of the shop should know. The shop itself goes on in any case.
fn troubles(shop: &Shop) -> Markup {
    let status = shop.app.status();
    html! {
        div #troubles data-live {
            @if !status.is_live() {
                p.note {
                    "Store unreachable since " (status.since) "; what was last known decides."
                    @if let Some(error) = &status.error { br; (error) }
                }
            }
            @for quarantine in &status.quarantined {
                p.note {
                    "Version " (quarantine.version) " of " b { (quarantine.feature) } " cannot be used here"
                    @match quarantine.serving {
                        Some(version) => { "; version " (version) " is served." }
                        None => { "; the default is served." }
                    }
                    @for problem in &quarantine.problems { br; (problem) }
                }
            }
            @for warning in &status.warnings { p.note { (warning) } }
        }
        p.note.away hidden #away { "The shop does not answer. This is what it last said." }
    }
}
