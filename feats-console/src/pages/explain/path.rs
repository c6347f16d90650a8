//! The answer: what a subject gets, and every step of the way there.

use feats::evaluate::Reason;
use feats::explain::{Step, Trace, TracePart, Verdict};
use feats::model::{Attributes, Declaration, Rollout, Selector, State};
use feats::{Dynamic, FeatureHandle, describe};
use maud::{Markup, html};

use super::slots;
use crate::components::{address, rich_text, swatch, value_of};

/// The most bytes of markup of the steps on a page.
const MAX_BYTES: usize = 320 << 10;

/// What a subject gets now, and why.
pub(super) fn answer(feature: &FeatureHandle<Dynamic>, state: &State, attributes: &Attributes<'_>) -> Markup {
    let trace = feature.trace(attributes);
    let declaration = feature.declaration();
    let doc = declaration.implementations.iter().find(|known| *known.name == *trace.choice).map(|known| &*known.doc);
    // While another revision stands in for the newest one, the newest one's slots say nothing.
    let state = Some(state).filter(|_| trace.version == feature.version());
    let (steps, left) = steps(declaration, state, &trace);
    html! {
        section.card {
            div.in {
                p.gets { (swatch(declaration, &trace.choice)) (trace.choice) (value_of(declaration, &trace.choice)) }
                @if let Some(doc) = doc.filter(|doc| !doc.is_empty()) { p.quiet { (doc) } }
                p { (reason(&trace)) }
                p.quiet { (version(feature.name(), trace.version)) }
            }
        }
        section.card {
            header { h2 { "The way there" } }
            ol.path {
                @for step in &steps { (step) }
            }
            @if left > 0 {
                footer {
                    span.quiet { (left) " more steps have no room here. " }
                    a href=(address("feature", &[("name", feature.name())])) { "All rules" }
                }
            }
        }
    }
}

/// The steps that a page has room for, the one that decides among them, and how many are left out.
fn steps(declaration: &Declaration, state: Option<&State>, trace: &Trace) -> (Vec<Markup>, usize) {
    let (mut shown, mut bytes) = (Vec::new(), 0);
    for (step, sentence) in trace.steps.iter().zip(describe::trace(trace)) {
        if bytes > MAX_BYTES && !matches!(step.verdict, Verdict::Decides { .. }) {
            continue;
        }
        let item = html! {
            li class=(class(&step.verdict)) {
                p.say { (rich_text(declaration, &sentence)) }
                @if let Some(rollout) = state.and_then(|state| rollout(state, step)) {
                    (slots::picture(declaration, step, &rollout.allocation_at(trace.time)))
                }
            }
        };
        bytes += item.0.len();
        shown.push(item);
    }
    let left = trace.steps.len().saturating_sub(shown.len());
    (shown, left)
}

/// The reason in one sentence.
fn reason(trace: &Trace) -> Markup {
    html! {
        @match (trace.reason, &trace.rule) {
            (Reason::Pinned, _) => "An operator pinned it: everyone gets it, whatever the rules say.",
            (Reason::UnitOverride, _) => "An override lists this very unit.",
            (Reason::Rule, Some(rule)) => { "The rule " b { (rule) } " holds." }
            (Reason::Provisional, Some(rule)) => {
                "The experiment in the rule " b { (rule) } " gives it. What this unit used before is not known here; it would keep that."
            }
            (Reason::Provisional, None) => {
                "An experiment gives it. What this unit used before is not known here; it would keep that."
            }
            (Reason::Otherwise, _) => "No rule gives anything here, so it is what everyone else gets.",
            (Reason::Default, _) => "No rule gives anything here, so it is the default.",
            (Reason::NoState, _) => "Nothing is published for this feature, so everyone gets the default.",
            (Reason::Quarantined, _) => "The newest revision cannot be used here, and none before it, so everyone gets the default.",
            (other, _) => { "The reason is: " (other) "." }
        }
    }
}

fn version(feature: &str, version: u64) -> Markup {
    html! {
        @if version == 0 {
            "No revision said so: it is the default in the code."
        } @else {
            "Revision " a href=(address("history", &[("name", feature)])) { (version) } " says so."
        }
    }
}

fn class(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Decides { .. } => "decides",
        Verdict::NotReached => "not-reached",
        Verdict::Fails | Verdict::Unknown | Verdict::NotEnrolled { .. } => "passed",
    }
}

/// What dealt with the unit in a step.
fn rollout<'a>(state: &'a State, step: &Step) -> Option<&'a Rollout> {
    step.bucketing.as_ref()?;
    match &step.part {
        TracePart::Rule { position, .. } => state.rules.get(usize::from(*position))?.select.rollout(),
        TracePart::Otherwise => state.otherwise.as_ref().and_then(Selector::rollout),
        TracePart::Pinned | TracePart::Override { .. } | TracePart::Default => None,
    }
}
