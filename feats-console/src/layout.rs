//! The layout that all pages share.

use feats::StoreConnection;
use maud::{Markup, html};

use super::access::Action;
use super::components::{feature_link, when};
use super::document::document;
use super::request_context::RequestContext;

/// The entries of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Features,
    Experiments,
    Segments,
    Explain,
    Instances,
    Audit,
}

const SECTIONS: [(Section, &str, &str); 6] = [
    (Section::Features, "features", "Features"),
    (Section::Experiments, "experiments", "Experiments"),
    (Section::Segments, "segments", "Segments"),
    (Section::Explain, "explain", "Explain"),
    (Section::Instances, "instances", "Instances"),
    (Section::Audit, "audit", "Audit"),
];

/// Renders a page of a section.
pub(super) fn page(context: &RequestContext, section: Section, title: &str, content: Markup) -> Markup {
    let program = context.app().program();
    let body = html! {
        a.skip href="#main" { "Skip to content" }
        header.bar {
            a.mark href="features" { "feats" }
            nav aria-label="Console" {
                @for (target, path, name) in SECTIONS {
                    a href=(path) aria-current=[(target == section).then_some("page")] { (name) }
                }
            }
            span.who {
                (connection(context))
                @match context.actor.name() {
                    Some(name) => span.actor { (name) },
                    None => span.tag title="Not logged in: view only" { "read-only" },
                }
            }
        }
        main #main tabindex="-1" {
            (store_alerts(context))
            (browser_overrides(context))
            (content)
        }
    };
    document(&format!("{title} · {program}"), body)
}

/// Renders the connection to the store: its state, the kind of store, and the last contact.
fn connection(context: &RequestContext) -> Markup {
    let status = context.app().status();
    let (class, word) = match status.connection {
        StoreConnection::Live => ("ok", "live"),
        StoreConnection::Starting => ("warn", "starting"),
        StoreConnection::Stale => ("stop", "Store unreachable"),
        StoreConnection::Stopped => ("stop", "stopped"),
    };
    let store = status.store.split(':').next().unwrap_or_default();
    html! {
        // Only operators see the store's address.
        span.status title=[context.may(Action::Publish, None).then_some(&status.store)] {
            i.dot.(class) aria-hidden="true" {}
            (word) span.hide { " · " (store) @if let Some(contact) = status.last_contact { ", " (when(contact)) } }
        }
    }
}

/// Renders the overrides of this browser, so that no one mistakes them for what everyone gets.
fn browser_overrides(context: &RequestContext) -> Markup {
    html! {
        @for active in &context.browser.overrides {
            @if context.may(Action::View, Some(&active.feature)) {
                p.note.info {
                    "My browser only: " (feature_link(&active.feature)) " is " b { (active.implementation) }
                    ". Ends " (when(active.until)) "."
                }
            }
        }
    }
}

/// Renders alerts about the store and quarantined features.
fn store_alerts(context: &RequestContext) -> Markup {
    let status = context.app().status();
    html! {
        @if !status.is_live() && status.connection != StoreConnection::Starting {
            div.note.stop role="alert" {
                b { "Store unreachable since " (when(status.since)) ". " }
                "The last known versions stay in effect. You can't publish until it is back."
                @if let Some(error) = status.error.as_deref().filter(|error| may_show(context, error)) { br; (error) }
            }
        }
        @for quarantine in &status.quarantined {
            @if context.may(Action::View, Some(&quarantine.feature)) {
                div.note.stop role="alert" {
                    "Version " (quarantine.version) " of " (feature_link(&quarantine.feature)) ": this program can't use it; "
                    @match quarantine.serving {
                        Some(version) => { "version " (version) " is served." }
                        None => { "the default is served." }
                    }
                    @for problem in &quarantine.problems { br; (problem) }
                }
            }
        }
        @for retained in &status.retained {
            @if context.may(Action::View, Some(&retained.feature)) {
                div.note role="alert" {
                    "The store lost version " (retained.version) " of " (feature_link(&retained.feature))
                    ", which stays in effect. Restore it with " code { "feats restore" } "."
                }
            }
        }
        @for warning in status.warnings.iter().filter(|warning| may_show(context, warning)) { div.note { (warning) } }
    }
}

/// Returns `true` if the user may see an error message, which can name addresses, files and features.
fn may_show(context: &RequestContext, message: &str) -> bool {
    let is_hidden = |feature: &str| !context.may(Action::View, Some(feature));
    let names_hidden = || {
        context.app().declarations().iter().any(|feature| message.contains(&*feature.name) && is_hidden(&feature.name))
    };
    context.may(Action::Publish, None) && !names_hidden()
}
