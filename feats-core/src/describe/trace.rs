//! Descriptions of traces.

use super::condition::{enumeration, predicate, segment, value};
use super::rich_text::{RichText, grouped};

use crate::evaluate::Reason;
use crate::explain::{
    BucketTrace, BucketingTrace, NotEnrolled, PredicateTrace, PriorUse, RampPhase, Step, Trace, TracePart, UnitTrace,
    Verdict,
};
use crate::model::Operator;

/// Describes a trace: one or two sentences for each step, in the order of decision.
pub fn trace(trace: &Trace) -> Vec<RichText> {
    trace.steps.iter().map(|step| self::step(step, trace)).collect()
}

fn step(step: &Step, trace: &Trace) -> RichText {
    let part = self::part(&step.part).text(": ");
    let result = match (&step.verdict, &step.part) {
        (Verdict::NotReached, _) => return part.text("not reached."),
        (Verdict::Decides { choice }, TracePart::Pinned) => RichText::from("everyone gets ").choice(choice),
        (Verdict::Decides { choice }, TracePart::Override { value: Some(unit), .. }) => {
            RichText::from("lists ").then(value(unit)).text(", serves ").choice(choice)
        }
        (Verdict::Decides { choice }, TracePart::Rule { .. }) => RichText::from("matched, serves ").choice(choice),
        (Verdict::Decides { choice }, TracePart::Default) => {
            RichText::from(without_state(trace.reason)).text("serves ").choice(choice)
        }
        (Verdict::Decides { choice }, _) => RichText::from("serves ").choice(choice),
        (Verdict::Fails, TracePart::Override { value: Some(unit), .. }) => {
            RichText::from("does not list ").then(value(unit))
        }
        (Verdict::Fails, _) => "did not match".into(),
        (Verdict::Unknown, TracePart::Override { .. }) => "skipped: not set".into(),
        (Verdict::Unknown, _) => unknown(&step.predicates).into(),
        (Verdict::NotEnrolled { reason }, TracePart::Rule { .. }) => {
            RichText::from("matched, but skipped: ").then(not_enrolled(*reason, step.bucketing.as_ref()))
        }
        (Verdict::NotEnrolled { reason }, _) => {
            RichText::from("skipped: ").then(not_enrolled(*reason, step.bucketing.as_ref()))
        }
    };
    let mut sentences = vec![part.then(result)];
    if !step.predicates.is_empty() {
        sentences.push(RichText::join(step.predicates.iter().map(predicate_result), "; "));
    }
    if let (Some(bucketing), Verdict::Decides { choice }) = (&step.bucketing, &step.verdict) {
        sentences.push(self::bucketing(bucketing, choice));
    }
    RichText::join(sentences, ". ").text(".")
}

/// Describes a part, as the start of a sentence.
fn part(part: &TracePart) -> RichText {
    match part {
        TracePart::Pinned => "Pinned".into(),
        TracePart::Override { segment, input, .. } => {
            RichText::from("Override by ").then(self::segment(segment, input.as_deref()))
        }
        TracePart::Rule { name, .. } => name.clone().into(),
        TracePart::Otherwise => "Everyone else".into(),
        TracePart::Default => "Default".into(),
    }
}

/// Describes why a condition is unknown.
fn unknown(predicates: &[PredicateTrace]) -> &'static str {
    let is_missing = |predicate: &PredicateTrace| predicate.holds.is_none() && predicate.value.is_none();
    if predicates.iter().any(is_missing) { "skipped: not set" } else { "skipped: unknown" }
}

fn without_state(reason: Reason) -> &'static str {
    match reason {
        Reason::NoState => "no state, ",
        Reason::Quarantined => "the newest version can't be used, ",
        _ => "",
    }
}

fn predicate_result(checked: &PredicateTrace) -> RichText {
    let check = predicate(&checked.predicate).text(": ");
    let only = match &checked.predicate.operator {
        Operator::In(values) => values.len() == 1,
        operator => matches!(operator, Operator::Eq(_)),
    };
    match (checked.holds, &checked.value) {
        (Some(true), _) if only => check.text("yes"),
        (None, None) => check.text("not set"),
        (None, Some(known)) => {
            let kind = if matches!(checked.predicate.operator, Operator::Semver(_)) { "a version" } else { "a time" };
            check.then(value(known)).text(format!(" is not {kind}"))
        }
        (Some(true), Some(known)) => check.text("yes, it is ").then(value(known)),
        (Some(false), Some(known)) => check.text("no, it is ").then(value(known)),
        (Some(true), None) => check.text("yes"),
        (Some(false), None) => check.text("no"),
    }
}

fn not_enrolled(reason: NotEnrolled, bucketing: Option<&BucketingTrace>) -> RichText {
    let Some(bucketing) = bucketing else { return RichText::new() };
    match (reason, &bucketing.entry) {
        (NotEnrolled::NoUnit, _) if bucketing.units.is_empty() => "no attributes are set".into(),
        (NotEnrolled::NoUnit, _) => {
            let (missing, are) = units(bucketing, |unit| unit.value.is_none());
            missing.text(if are { " are not set" } else { " is not set" })
        }
        (NotEnrolled::NotAUnit, _) => {
            let (odd, are) = units(bucketing, |unit| unit.value.as_ref().is_some_and(|value| !value.is_unit()));
            odd.text(if are { " are not units" } else { " is not a unit" })
        }
        (NotEnrolled::OutsideShare, Some(entry)) => unit(bucketing).text(format!(
            " does not enter the experiment: its entry position {} of 1 000 000 is outside {}%",
            grouped(entry.position.into()),
            entry.share
        )),
        (NotEnrolled::OutsideShare, None) => unit(bucketing).text(" does not enter"),
    }
}

/// Describes how a unit got its choice.
fn bucketing(bucketing: &BucketingTrace, choice: &str) -> RichText {
    let slot = format!("slot {} of 1 000 000", grouped(bucketing.slot.unwrap_or_default().into()));
    let slot = match bucketing.by.is_random() {
        true => RichText::from(format!("This time {slot} is drawn, assigned ")),
        false => {
            let (unit, are) = units(bucketing, |_| true);
            let unit = if bucketing.units.is_empty() { "no attribute".into() } else { unit };
            let bucket = bucketing.bucket.map_or_else(String::new, |BucketTrace { function, bucket }| {
                format!("{}'s bucket {bucket} of {} and ", function.system(), grouped(function.buckets().into()))
            });
            unit.text(format!(" {} {bucket}{slot}, assigned ", if are { "have" } else { "has" }))
        }
    };
    let owner = bucketing.owner.as_deref().unwrap_or(choice);
    let text = slot.choice(owner).then(prior_use(bucketing, choice));
    match &bucketing.ramp {
        Some(phase) => text.then(ramp(phase)),
        None => text,
    }
}

fn prior_use(bucketing: &BucketingTrace, choice: &str) -> RichText {
    match &bucketing.prior_use {
        None | Some(PriorUse::Unused) => RichText::new(),
        Some(PriorUse::Unknown) => "; what the unit used before is unknown here, but would be kept".into(),
        Some(PriorUse::Used(used)) if used == choice => {
            RichText::from("; the unit used ").choice(used).text(" before and keeps it")
        }
        Some(PriorUse::Used(used)) => {
            RichText::from("; the unit used ").choice(used).text(" before, which is no longer served")
        }
    }
}

fn ramp(phase: &RampPhase) -> RichText {
    match phase.moves_at {
        None => RichText::from("; the ramp does not affect it"),
        Some(at) if phase.moved => {
            RichText::from("; the ramp moved it from ").choice(&phase.from).text(format!(" at {at}"))
        }
        Some(at) => RichText::from("; the ramp moves it to ").choice(&phase.to).text(format!(" at {at}")),
    }
}

/// Describes the unit of an experiment, which has one value.
fn unit(bucketing: &BucketingTrace) -> RichText {
    units(bucketing, |_| true).0
}

/// Describes some of the values of a unit, and returns `true` if they are several.
fn units(bucketing: &BucketingTrace, is_shown: impl Fn(&UnitTrace) -> bool) -> (RichText, bool) {
    let shown = bucketing.units.iter().filter(|unit| is_shown(unit)).map(|unit| {
        let segment = segment(&unit.segment, bucketing.input.as_deref());
        match &unit.value {
            Some(known) => segment.text(" ").then(value(known)),
            None => segment,
        }
    });
    let shown: Vec<RichText> = shown.collect();
    let are_several = shown.len() > 1;
    (enumeration(shown, "and"), are_several)
}
