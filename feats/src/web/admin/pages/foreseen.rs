//! What publishing does, drawn before it happens: the same on the feature's page and on the page that asks once more.

use maud::{Markup, html};

use crate::model::{Declaration, Effect, ImpactLine, Part, State, Timestamp};
use crate::web::admin::access::Action;
use crate::web::admin::outlook::{Foreseen, Outlook};
use crate::web::admin::parts::{differences, flow, ramp, say, when};
use crate::web::admin::visit::Visit;
use crate::words;

pub(super) fn card(declaration: &Declaration, foreseen: &Foreseen, live: &State) -> Markup {
    html! {
        section.card aria-labelledby="does" {
            header {
                h2 #does { "What publishing does" }
                @if foreseen.outlook().is_some_and(Outlook::is_exact) { span.tag.ok { "exact, not an estimate" } }
            }
            div.in {
                @match foreseen {
                    Foreseen::Outlook(outlook) => (told(declaration, outlook, live)),
                    Foreseen::Problems(problems) => {
                        p.bad { b { "This cannot be published yet." } }
                        ul { @for problem in problems { li { (problem) } } }
                    }
                    Foreseen::Conflict(error) | Foreseen::Failed(error) => p.bad { (error) },
                }
            }
        }
    }
}

fn told(declaration: &Declaration, outlook: &Outlook, live: &State) -> Markup {
    let moves = outlook.flows.iter().filter(|flow| !flow.moves.is_empty());
    html! {
        @if outlook.is_empty() { p { "Nothing: it is what stands already. It would be a version all the same." } }
        @else { (differences(declaration, &outlook.differences)) }
        @if outlook.impact.is_empty() && !outlook.is_empty() { p.quiet { "Nobody moves." } }
        @for known in moves { (flow(declaration, known)) }
        ul.facts.impact {
            @for line in &outlook.impact.lines { li { (sentence(line)) } }
            @if let Some(pinned) = &outlook.impact.still_pinned {
                li { "Everyone stays pinned to " b { (pinned) } ": this takes effect when it is unpinned." }
            }
        }
        (ramps(declaration, outlook, live))
        @let is_new_pin = outlook.after.pinned != live.pinned;
        // Whoever pins knows that the rules have no effect then.
        @for warning in outlook.warnings.iter().filter(|warning| !(is_new_pin && warning.path == "pinned")) { p.note { (say(declaration, &words::warning(warning))) } }
        @for unknowing in &outlook.unknowing {
            p.note.stop {
                b { (unknowing.instance.program) " " (unknowing.instance.version) } " (process " (unknowing.instance.pid) ") runs and does not know "
                b { (unknowing.choice) } ". It would not use this version, and go on with the one before."
            }
        }
    }
}

/// One line of the impact, for people.
fn sentence(line: &ImpactLine) -> Markup {
    html! {
        @match &line.part {
            Part::Rule(name) => { b { (name) } ": " }
            Part::Otherwise => { b { "Everyone else" } ": " }
            Part::Overrides => { b { "Overrides" } ": " }
            Part::Pinned => { b { "Everyone" } ": " }
        }
        @match &line.effect {
            Effect::Moved { from, to, percent } => { (percent) " % move from " b { (from) } " to " b { (to) } }
            Effect::Share { from, to } => { (to) " % of them enter the experiment, not " (from) " %" }
            Effect::Reshuffled => { "everyone is dealt anew, as if by new lots" }
            Effect::Audience if line.part == Part::Pinned => { "the pin changes, at once and for all of them" }
            Effect::Audience => { "whom this reaches changes; how many that are depends on who comes" }
        }
        @if line.remembered { ", but whoever has used it keeps it" }
        @if let Some((start, end)) = line.ramp { ", bit by bit, beginning " (when(start)) " and ending " (when(end)) }
        "."
    }
}

/// The curves of ramps that the change brings.
fn ramps(declaration: &Declaration, outlook: &Outlook, live: &State) -> Markup {
    let now = Timestamp::now();
    html! {
        @for rule in &outlook.after.rules {
            @let before = live.rules.iter().find(|before| before.name == rule.name).and_then(|before| before.select.rollout());
            @if let Some(rollout) = rule.select.rollout()
                && rollout.ramp.is_some() && before.map(|before| &before.ramp) != Some(&rollout.ramp) {
                h3 { (rule.name) }
                (ramp(declaration, rollout, now))
            }
        }
    }
}

/// Why: the comment of the revision.
pub(super) fn why(visit: &Visit, comment: &str, form: &str) -> Markup {
    let required = visit.admin().comment_required;
    html! {
        label.f { "Why?" @if required { " (required)" }
            input #comment name="comment" form=(form) value=(comment) maxlength="2000" required[required]
                autocomplete="off" placeholder="5 % looked fine for a day" hx-preserve;
        }
    }
}

/// What the author of an edit has to agree to.
pub(super) fn consents(visit: &Visit, feature: &str, outlook: &Outlook, form: &str) -> Markup {
    let may = visit.may(Action::Consent, Some(feature));
    html! {
        @if outlook.impact.reshuffles() { (consent(may, "allow_reshuffle", "Deal everyone anew", form)) }
        (unknown_consent(visit, feature, outlook, form))
    }
}

/// What the author of any change has to agree to. A rollback restores slots as they were and needs no consent for that.
pub(super) fn unknown_consent(visit: &Visit, feature: &str, outlook: &Outlook, form: &str) -> Markup {
    let may = visit.may(Action::Consent, Some(feature));
    html! {
        @if !outlook.unknowing.is_empty() {
            (consent(may, "allow_unknown", "Publish although a running program does not know it", form))
        }
    }
}

fn consent(may: bool, name: &str, text: &str, form: &str) -> Markup {
    html! {
        @if may { label.check { input type="checkbox" name=(name) value="yes" form=(form); (text) } }
        @else { p.bad { (text) ": this takes somebody who may consent to it." } }
    }
}
