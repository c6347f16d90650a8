//! The preview of a change, shown on the feature's page and on the confirmation page.

use std::time::SystemTime;

use feats::describe;
use feats::impact::{Effect, Impact, ImpactLine};
use feats::model::{Declaration, Selector, State, StatePart, Timestamp, limits};
use maud::{Markup, html};

use super::{Preview, PreviewOutcome};
use crate::access::Action;
use crate::components::{differences, flow, percent, problems, ramp, rich_text, when, within_budget};
use crate::failure::describe;
use crate::request_context::RequestContext;

/// The markup budget of each list in bytes.
const MAX_BYTES: usize = 96 << 10;

pub(crate) fn show(declaration: &Declaration, outcome: &PreviewOutcome, live: &State) -> Markup {
    html! {
        section.card aria-labelledby="does" {
            header {
                h2 #does { "What will change" }
                @if outcome.preview().is_some_and(|preview| preview.impact.is_exact()) { span.tag.ok { "Exact" } }
            }
            div.in {
                @match outcome {
                    PreviewOutcome::Preview(preview) => (details(declaration, preview, live)),
                    PreviewOutcome::Problems(problems) => {
                        p.bad { b { "Can't be published yet:" } }
                        (self::problems(problems))
                    }
                    PreviewOutcome::Conflict(error) | PreviewOutcome::Failed(error) => p.bad { (describe(error)) },
                    PreviewOutcome::Denied => p.bad { "You can't publish this." },
                }
            }
        }
    }
}

fn details(declaration: &Declaration, preview: &Preview, live: &State) -> Markup {
    let moves = preview.flows.iter().filter(|flow| !flow.moves.is_empty());
    let moves = within_budget(moves.map(|moved| flow(declaration, moved)), MAX_BYTES);
    let parts = parts(&preview.impact);
    let lines = within_budget(parts.iter().map(|(part, lines)| sentence(part, lines, preview, live)), MAX_BYTES);
    let is_new_pin = preview.after.pinned != live.pinned;
    // A user who pins the feature knows that its rules have no effect.
    let warnings = preview.warnings.iter().filter(|warning| !(is_new_pin && warning.path == "pinned"));
    let warnings =
        within_budget(warnings.map(|warning| rich_text(declaration, &describe::warning(warning))), MAX_BYTES);
    html! {
        @if let Some(pinned) = live.pinned.as_deref().filter(|_| preview.is_empty()) {
            p { "No change: same rules, and everyone stays pinned to " b { (pinned) } ". Still creates a version." }
        } @else if preview.is_empty() { p { "No change: this is the current state. Still creates a version." } }
        @else { (differences(declaration, &preview.differences, None)) }
        @if preview.impact.is_empty() && !preview.is_empty() { p.quiet { "No one moves." } }
        @for flow in &moves { (flow) }
        ul.facts.impact {
            @for line in &lines { li { (line) } }
            @if lines.len() < parts.len() { li { "and " (parts.len() - lines.len()) " more" } }
            @if let Some(pinned) = &preview.impact.still_pinned {
                li { "Everyone stays pinned to " b { (pinned) } ": this takes effect when it is unpinned." }
            }
        }
        (ramps(declaration, preview, live))
        @for warning in &warnings { p.note { (warning) } }
        @for incompatible in &preview.incompatible_instances {
            p.note.stop {
                b { (incompatible.instance.program) " " (incompatible.instance.version) } " (process " (incompatible.instance.pid) ") does not know "
                b { (incompatible.choice) } ". It would ignore this version and keep serving the previous one."
            }
        }
    }
}

/// Groups the lines of an impact by part, in order.
fn parts(impact: &Impact) -> Vec<(&StatePart, Vec<&ImpactLine>)> {
    let mut parts: Vec<(&StatePart, Vec<&ImpactLine>)> = Vec::new();
    for line in &impact.lines {
        match parts.iter_mut().find(|(part, _)| **part == line.part) {
            Some((_, lines)) => lines.push(line),
            None => parts.push((&line.part, vec![line])),
        }
    }
    parts
}

/// Describes the effect on the units of a part: "10% of everyone else move from acme to premium; 80% stay outside".
fn sentence(part: &StatePart, lines: &[&ImpactLine], preview: &Preview, live: &State) -> Markup {
    let is_move = |line: &&ImpactLine| matches!(line.effect, Effect::Moved { .. });
    let (moves, others): (Vec<&ImpactLine>, Vec<&ImpactLine>) = lines.iter().copied().partition(is_move);
    let mut phrases: Vec<Markup> = Vec::new();
    for (index, line) in moves.iter().enumerate() {
        if let Effect::Moved { from, to, percent: share } = &line.effect {
            let group = match part {
                StatePart::Otherwise if index == 0 => " of everyone else",
                StatePart::Pinned => " of everyone",
                _ => "",
            };
            phrases.push(html! {
                (percent(*share)) (group) " move from " b { (from) } " to " b { (to) } (qualifier(line))
            });
        }
    }
    phrases.extend(
        others.iter().filter_map(|line| Some(html! { (other_effect(line, preview, live)?) (qualifier(line)) })),
    );
    phrases.extend(not_entering(part, preview, live).filter(|_| !lines.is_empty()).map(|text| html! { (text) }));
    let has_heading = !matches!(part, StatePart::Otherwise | StatePart::Pinned) || moves.is_empty();
    html! {
        @if has_heading { (heading(part)) @if *part != StatePart::Pinned { ": " } @else { " " } }
        @for (index, phrase) in phrases.iter().enumerate() { @if index > 0 { "; " } (phrase) }
        "."
    }
}

fn heading(part: &StatePart) -> Markup {
    html! {
        b {
            @match part {
                StatePart::Rule(name) => (name),
                StatePart::Otherwise => "Everyone else",
                StatePart::Overrides => "Overrides",
                StatePart::Pinned => "Everyone",
            }
        }
    }
}

/// Describes an effect other than a move, or returns `None` if [`not_entering`] describes it.
fn other_effect(line: &ImpactLine, preview: &Preview, live: &State) -> Option<String> {
    Some(match &line.effect {
        Effect::Share { from, to } => {
            selector(live, &line.part).and_then(Selector::experiment)?;
            selector(&preview.after, &line.part).and_then(Selector::experiment)?;
            format!("{} of them enter the experiment, previously {}", percent(*to), percent(*from))
        }
        Effect::Reshuffled => "everyone is reassigned at random".to_owned(),
        Effect::Audience if line.part == StatePart::Pinned && preview.after.pinned.is_none() => {
            "switches immediately back to the rules".to_owned()
        }
        Effect::Audience if line.part == StatePart::Pinned => "switches immediately".to_owned(),
        Effect::Audience => "the audience changes, size unknown".to_owned(),
        Effect::Moved { .. } => return None,
    })
}

/// Describes the units that are outside of an experiment before and after the change.
fn not_entering(part: &StatePart, preview: &Preview, live: &State) -> Option<String> {
    let after = selector(&preview.after, part)?.experiment()?.share.0;
    let before = selector(live, part).and_then(Selector::experiment).map_or(0.0, |experiment| experiment.share.0);
    let outside = 100.0 - before.max(after);
    (outside > 0.0).then(|| format!("{} stay outside", percent(outside)))
}

fn selector<'a>(state: &'a State, part: &StatePart) -> Option<&'a Selector> {
    match part {
        StatePart::Rule(name) => state.rules.iter().find(|rule| rule.name == *name).map(|rule| &rule.select),
        StatePart::Otherwise => state.otherwise.as_ref(),
        StatePart::Overrides | StatePart::Pinned => None,
    }
}

fn qualifier(line: &ImpactLine) -> Markup {
    html! {
        @if line.sticky { ", except users who have used it" }
        @if let Some((start, end)) = line.ramp { ", gradually from " (when(start)) " to " (when(end)) }
    }
}

/// Renders the ramps that the change adds.
fn ramps(declaration: &Declaration, preview: &Preview, live: &State) -> Markup {
    let now = Timestamp::from(SystemTime::now());
    let curves = preview.after.rules.iter().filter_map(|rule| {
        let before = live.rules.iter().find(|before| before.name == rule.name);
        let before = before.and_then(|before| before.select.rollout());
        let rollout = rule.select.rollout().filter(|rollout| rollout.ramp.is_some())?;
        (before.map(|before| &before.ramp) != Some(&rollout.ramp)).then(|| {
            html! { h3 { (rule.name) } (ramp(declaration, rollout, now)) }
        })
    });
    html! { @for curve in within_budget(curves, MAX_BYTES) { (curve) } }
}

/// Renders the field for the comment of the revision.
pub(crate) fn reason_field(context: &RequestContext, comment: &str, form: &str) -> Markup {
    let required = context.settings().comment_required;
    html! {
        label.f { "Reason" @if required { " (required)" }
            input #comment name="comment" form=(form) value=(comment) maxlength=(limits::MAX_COMMENT_CHARACTERS) required[required]
                autocomplete="off" placeholder="5% looked fine for a day" hx-preserve;
        }
    }
}

/// Renders the confirmations that an edit needs.
pub(crate) fn confirmations(context: &RequestContext, feature: &str, preview: &Preview, form: &str) -> Markup {
    let may = context.may(Action::Confirm, Some(feature));
    html! {
        @if preview.impact.reshuffles() { (confirmation(may, "allow_reshuffle", "Reassign everyone", form)) }
        (incompatible_confirmation(context, feature, preview, form))
    }
}

/// Renders the confirmation that any change can need. A rollback restores earlier slots, so it needs no other.
pub(crate) fn incompatible_confirmation(
    context: &RequestContext,
    feature: &str,
    preview: &Preview,
    form: &str,
) -> Markup {
    let may = context.may(Action::Confirm, Some(feature));
    html! {
        @if !preview.incompatible_instances.is_empty() {
            (confirmation(may, "allow_incompatible", "Publish although a running program can't use it", form))
        }
    }
}

fn confirmation(may: bool, name: &str, text: &str, form: &str) -> Markup {
    html! {
        @if may { label.check { input type="checkbox" name=(name) value="yes" form=(form); (text) } }
        @else { p.bad { (text) ": needs an admin." } }
    }
}
