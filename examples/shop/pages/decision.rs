//! A decision, for people: what was chosen, and why.

use feats::{App, Decision, Feature, Reason};
use maud::{Markup, html};

/// What a feature chose, and why.
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
            p.why { (why(decision)) }
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

/// A patch of the implementation's colour and pattern.
pub(super) fn key<F: Feature>(value: F) -> Markup {
    html! { i.key.(colour(value)) aria-hidden="true" {} }
}

/// The class that gives an implementation its colour and pattern, on every page the same; the default is quiet.
pub(super) fn colour<F: Feature>(value: F) -> String {
    let others = F::ALL.iter().filter(|other| **other != F::DEFAULT);
    let place = others.zip(1..).find(|(other, _)| **other == value).map_or(0, |(_, place)| place);
    format!("c{place}")
}

/// The reason as a sentence.
fn why<F: Feature>(decision: &Decision<F>) -> Markup {
    match decision.reason() {
        Reason::NotStarted | Reason::NoState => html! { "The default: no operator has said otherwise." },
        Reason::Pinned => html! { "An operator pinned it for everyone." },
        Reason::Override => html! { "This browser alone is shown it." },
        Reason::UnitOverride => html! { "This user was given it by an override." },
        Reason::Rule => html! { "The rule " b { (decision.rule().unwrap_or_default()) } " chose it." },
        Reason::Otherwise => html! { "No rule holds, and otherwise it is this one." },
        Reason::Default => html! { "The default: no rule holds." },
        Reason::Quarantined => html! { "The default: this program cannot use what was published." },
        other => html! { "The reason is " (other) "." },
    }
}
