//! A decision for people: the chosen implementation, and the reason.

use feats::{App, Decision, Feature, Reason};
use maud::{Markup, html};

/// Renders the chosen implementation of a feature, and the reason.
pub(super) fn card<F: Feature>(app: &App, decision: &Decision<F>) -> Markup {
    let feature = app.feature::<F>();
    let declaration = feature.declaration();
    let chosen = declaration.implementations.iter().find(|known| *known.name == *decision.value().as_ref());
    html! {
        article.decision #(F::NAME) data-live {
            h3 { (F::NAME) " " small { (declaration.doc) } }
            p.choice {
                (key(decision.value())) strong { (decision.value()) } " "
                @if let Some(implementation) = chosen { span.quiet { (implementation.doc) } }
            }
            p.why { (reason(decision)) }
            p.facts {
                span.tag { (decision.reason()) }
                @if let Some(version) = decision.version() { span.tag { "version " (version) } }
                @if let Some(slot) = decision.slot() {
                    span.tag { "slot " (slot / 1_000) " " (format!("{:03}", slot % 1_000)) " of 1 000 000" }
                }
            }
        }
    }
}

/// Renders the color and pattern of an implementation.
pub(super) fn key<F: Feature>(value: F) -> Markup {
    html! { i.key.(color(value)) aria-hidden="true" {} }
}

/// Returns the CSS class of an implementation's color and pattern, which is the same on every page.
pub(super) fn color<F: Feature>(value: F) -> String {
    let others = F::ALL.iter().filter(|other| **other != F::DEFAULT);
    let index = others.zip(1..).find(|(other, _)| **other == value).map_or(0, |(_, index)| index);
    format!("c{index}")
}

/// Describes the reason in a sentence.
fn reason<F: Feature>(decision: &Decision<F>) -> Markup {
    match decision.reason() {
        Reason::NotStarted | Reason::NoState => html! { "Default: no version is published." },
        Reason::Pinned => html! { "Pinned for everyone." },
        Reason::Override => html! { "Previewed in this browser only." },
        Reason::UnitOverride => html! { "Override for this user." },
        Reason::Rule => html! { "Matched the rule " b { (decision.rule().unwrap_or_default()) } "." },
        Reason::Otherwise => html! { "No rule matched: everyone else gets this one." },
        Reason::Default => html! { "Default: no rule matched." },
        Reason::Quarantined => html! { "Default: this program can't use the published version." },
        other => html! { "Reason: " (other) "." },
    }
}
