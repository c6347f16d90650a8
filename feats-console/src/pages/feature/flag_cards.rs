//! The cards of a flag: its state with the buttons that change it, its metadata, and its client data.

use feats::model::{FlagState, Revision};
use maud::{Markup, html};

use super::view::FeatureView;
use crate::access::Action;
use crate::components::{hidden, isolated, when};
use crate::preview::FlagOperation;
use crate::preview::client_data::text;

/// The number of lines of the editor of client data.
const LINES: &str = "6";

/// Renders the state of a flag with the buttons that change it. Each leads to a page that previews the change.
pub(super) fn state(view: &FeatureView<'_>, flag: &FlagState) -> Markup {
    let (class, word) = match (flag.archived, flag.enabled) {
        (true, _) => ("stop", "archived"),
        (false, true) => ("ok", "enabled"),
        (false, false) => ("stop", "disabled"),
    };
    html! {
        section.card aria-labelledby="flag" {
            header { h2 #flag { "Flag" } span.tag.(class) { (word) } }
            div.in.stack {
                (buttons(view, flag))
                (meta(view, flag))
            }
        }
    }
}

fn buttons(view: &FeatureView<'_>, flag: &FlagState) -> Markup {
    let (may_publish, may_destroy) = (view.may(Action::Publish), view.may(Action::DestroyFlag));
    html! {
        @if may_publish || may_destroy {
            // A separate form, so that it works however large the draft is.
            form.stack method="post" action="preview" {
                (hidden("name", view.feature.name()))
                (hidden("base", &view.feature.version().to_string()))
                @if may_publish {
                    @match (flag.archived, flag.enabled) {
                        (true, _) => (button(&FlagOperation::Restore, "btn main", "Restore…")),
                        (false, true) => (button(&FlagOperation::Disable, "btn", "Disable…")),
                        (false, false) => (button(&FlagOperation::Enable, "btn main", "Enable…")),
                    }
                }
                div.row {
                    @if may_publish && !flag.archived { (button(&FlagOperation::Archive, "btn ghost", "Archive…")) }
                    @if may_destroy { (button(&FlagOperation::Destroy, "btn ghost", "Destroy…")) }
                }
            }
        }
    }
}

fn button(operation: &FlagOperation, class: &str, label: &str) -> Markup {
    html! { button class=(class) name="what" value=(operation.as_str()) { (label) } }
}

fn meta(view: &FeatureView<'_>, flag: &FlagState) -> Markup {
    let revision = view.feature.revision();
    let (author, time) = (revision.as_ref().map(Revision::author), revision.as_ref().map(Revision::time));
    html! {
        dl.pair.meta {
            dt { "Created" }
            dd { (when(flag.created_at)) " by " (isolated(&flag.created_by)) }
            @if let (Some(author), Some(time)) = (author, time) {
                dt { "Changed" }
                dd { (when(time)) " by " (isolated(author)) }
            }
        }
    }
}

/// Renders the client data, and its editor for those who may publish.
pub(super) fn client_data(view: &FeatureView<'_>, flag: &FlagState, may_edit: bool) -> Markup {
    html! {
        @if may_edit || !flag.client_data.is_empty() {
            section.card aria-labelledby="client-data-title" {
                header { h2 #client-data-title { "Client data" } span.quiet { "no rule depends on it" } }
                @if may_edit {
                    form.in.stack method="post" action="preview" {
                        (hidden("name", view.feature.name()))
                        (hidden("base", &view.feature.version().to_string()))
                        textarea #client-data name="data" rows=(LINES) spellcheck="false" aria-labelledby="client-data-title"
                            aria-describedby="client-data-help" { (text(&view.live)) }
                        span.quiet #client-data-help { "The whole JSON object, at most 64 KiB. A key that you delete here is removed." }
                        button.btn name="what" value="client-data" { "Change…" }
                    }
                } @else {
                    pre.in tabindex="0" { code { (text(&view.live)) } }
                }
            }
        }
    }
}
