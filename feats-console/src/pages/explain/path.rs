//! The answer: the implementation that a subject gets, and every step of the decision.

use feats::evaluate::Reason;
use feats::explain::{Step, Trace, TracePart, Verdict};
use feats::model::{Attributes, Declaration, Rollout, Selector, State};
use feats::{Dynamic, FeatureHandle, describe};
use maud::{Markup, html};

use super::slots;
use crate::components::{address, rich_text, swatch, value_of};
use crate::flag;

/// The markup budget of the steps in bytes.
const MAX_BYTES: usize = 320 << 10;

/// Renders the implementation that a subject gets now, and the reason.
pub(super) fn answer(feature: &FeatureHandle<Dynamic>, state: &State, attributes: &Attributes<'_>) -> Markup {
    let trace = feature.trace(attributes);
    let declaration = &*flag::live_declaration(feature);
    let doc = declaration
        .implementations
        .iter()
        .find(|implementation| *implementation.name == *trace.choice)
        .map(|implementation| &*implementation.doc);
    // If an older version is served instead of the newest one, the newest one's slots do not apply.
    let state = Some(state).filter(|_| trace.version == feature.version());
    let (steps, left) = steps(declaration, state, &trace);
    html! {
        section.card {
            div.in {
                p.gets { (swatch(declaration, &trace.choice)) (trace.choice) (value_of(declaration, &trace.choice)) }
                @if let Some(doc) = doc.filter(|doc| !doc.is_empty()) { p.quiet { (doc) } }
                p { (reason(&trace, state)) }
                p.quiet { (version(feature.name(), trace.version)) }
            }
        }
        section.card {
            header { h2 { "Step by step" } }
            ol.path {
                @for step in &steps { (step) }
            }
            @if left > 0 {
                footer {
                    span.quiet { (left) " more steps. " }
                    a href=(address("feature", &[("name", feature.name())])) { "All rules" }
                }
            }
        }
    }
}

/// Renders the steps that fit on a page, including the deciding one, and counts the others.
fn steps(declaration: &Declaration, state: Option<&State>, trace: &Trace) -> (Vec<Markup>, usize) {
    let (mut shown, mut bytes) = (Vec::new(), 0);
    for (step, sentence) in trace.steps.iter().zip(describe::trace(trace)) {
        if bytes > MAX_BYTES && !matches!(step.verdict, Verdict::Decides { .. }) {
            continue;
        }
        let item = html! {
            li class=(class(&step.verdict)) {
                p.sentence { (rich_text(declaration, &sentence)) }
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

/// Renders the reason as one sentence.
fn reason(trace: &Trace, state: Option<&State>) -> Markup {
    let is_disabled = state.and_then(|state| state.flag.as_ref()).is_some_and(|flag| !flag.is_active());
    html! {
        @match (trace.reason, &trace.rule) {
            (Reason::Pinned, _) => "Pinned: everyone gets it, regardless of the rules.",
            (Reason::UnitOverride, _) => "Matched an override for this user.",
            (Reason::Rule, Some(rule)) => { "Matched " b { (rule) } "." }
            (Reason::Provisional, Some(rule)) => {
                "Matched the experiment in " b { (rule) } ". If this user has used another arm before, they keep it."
            }
            (Reason::Provisional, None) => {
                "From an experiment. If this user has used another arm before, they keep it."
            }
            (Reason::Otherwise, _) if is_disabled => "The flag is disabled.",
            (Reason::Otherwise, _) => "No rule matched: same as everyone else.",
            (Reason::Default, _) => "No rule matched: the default is served.",
            (Reason::NoState, _) => "Nothing is published: everyone gets the default.",
            (Reason::Quarantined, _) => "This program can't use the newest version or an earlier one: everyone gets the default.",
            (other, _) => { "Reason: " (other) "." }
        }
    }
}

fn version(feature: &str, version: u64) -> Markup {
    html! {
        @if version == 0 {
            "Default in the code"
        } @else {
            a href=(address("history", &[("name", feature)])) { "Version " (version) }
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

/// Returns the rollout that assigned the unit in a step.
fn rollout<'a>(state: &'a State, step: &Step) -> Option<&'a Rollout> {
    step.bucketing.as_ref()?;
    match &step.part {
        TracePart::Rule { position, .. } => state.rules.get(usize::from(*position))?.select.rollout(),
        TracePart::Otherwise => state.otherwise.as_ref().and_then(Selector::rollout),
        TracePart::Pinned | TracePart::Override { .. } | TracePart::Default => None,
    }
}
