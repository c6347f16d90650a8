//! The sidebar: publishing, the kill switch, implementations, and attributes for rules.

use feats::model::Declaration;
use maud::{Markup, html};

use super::view::FeatureView;
use crate::access::Action;
use crate::components::{hidden, kind_label, swatch, value_of};
use crate::flag;
use crate::pages::browser;
use crate::preview::card;

pub(super) fn cards(view: &FeatureView<'_>, may_edit: bool) -> Markup {
    html! {
        div #publishing { @if may_edit && view.is_changed && !view.is_outdated() { (publish(view)) } }
        @if !may_edit && !view.may(Action::Publish) { p.note.info { "View only" } }
        @if view.context.overrides(view.feature.name()).is_some() { (browser::card(view.context, view.declaration())) }
        @if !view.declaration().flag { (implementations(view)) }
        (segments(view))
    }
}

fn publish(view: &FeatureView<'_>) -> Markup {
    let next = view.feature.version().saturating_add(1);
    let unsure = view.outcome.as_ref().and_then(|outcome| outcome.preview());
    html! {
        section.card aria-labelledby="publish" {
            header { h2 #publish { "Publish" } }
            div.in.stack {
                (card::reason_field(view.context, &view.draft.comment, "draft"))
                @if let Some(preview) = unsure { (card::confirmations(view.context, view.feature.name(), preview, "draft")) }
                button.btn.main form="draft" formaction="publish" name="what" value="edit" { "Publish version " (next) }
                span.quiet {
                    "as " (view.context.actor.name().unwrap_or("anonymous")) ", based on "
                    @match view.draft.base { 0 => "nothing", base => { "version " (base) } }
                }
            }
        }
    }
}

/// Renders the kill switch. It leads to a page that previews the pin before publishing it.
pub(super) fn pin(view: &FeatureView<'_>) -> Markup {
    let pinned = view.live.pinned.as_deref();
    // The choices are those of the live state, whatever the draft changes.
    let declaration = &*flag::declaration(view.feature.declaration(), &view.live);
    let chosen = pinned.unwrap_or_else(|| emergency_choice(declaration));
    html! {
        section.card aria-labelledby="pin" {
            header { h2 #pin { "Kill switch" } @if pinned.is_some() { span.tag.stop { "pinned" } } }
            // A separate form, so that the switch works however large the draft is.
            form.in.stack method="post" action="preview" {
                (hidden("name", view.feature.name()))
                (hidden("base", &view.feature.version().to_string()))
                label.f { "Everyone gets"
                    select #pin-choice name="choice" {
                        @for name in declaration.names() {
                            option value=(name) selected[chosen == name] { (name) (value_of(declaration, name)) }
                        }
                    }
                }
                button.btn.stop name="what" value="pin" { "Pin everyone…" }
                @if pinned.is_some() {
                    button.btn name="what" value="unpin" { "Unpin…" }
                }
                span.quiet { "Overrides all rules until you unpin. You can review it before it takes effect." }
            }
        }
    }
}

/// Returns the likely choice in an emergency: off if there is one, else the default.
fn emergency_choice(declaration: &Declaration) -> &str {
    let off = ["disabled", "off"].into_iter().find(|off| declaration.position(off).is_some());
    off.unwrap_or_else(|| declaration.default_implementation())
}

fn implementations(view: &FeatureView<'_>) -> Markup {
    let declaration = view.declaration();
    html! {
        section.card aria-labelledby="implementations" {
            header { h2 #implementations { "Implementations" } }
            ul.facts.in {
                @for implementation in declaration.implementations.iter() {
                    li {
                        (swatch(declaration, &implementation.name)) b { (implementation.name) (value_of(declaration, &implementation.name)) }
                        @if *implementation.name == *declaration.default_implementation() { " " span.tag { "default" } }
                        @if !implementation.doc.is_empty() { br; span.quiet { (implementation.doc) } }
                    }
                }
            }
        }
    }
}

fn segments(view: &FeatureView<'_>) -> Markup {
    let declaration = &*flag::declaration(view.feature.declaration(), &view.draft.state);
    html! {
        section.card aria-labelledby="segments" {
            header { h2 #segments { @if declaration.flag { "Attributes in use" } @else { "Rule attributes" } } }
            @if declaration.segments.is_empty() {
                p.in.quiet { @if declaration.flag { "None." } @else { "None: rules can't distinguish users." } }
            } @else {
                ul.facts.in {
                    @for applicable in declaration.segments.iter() {
                        li {
                            b.seg { (applicable.segment) } @if let Some(input) = &applicable.input { " of " (input) }
                            @if view.declaration().segments.contains(applicable) { span.quiet { " · " (kind_label(applicable.kind)) } }
                            @if !applicable.options.is_empty() { br; span.quiet { (applicable.options.join(", ")) } }
                        }
                    }
                }
            }
        }
    }
}
