//! Traces as sentences.

use super::condition::{check, segment, value};
use super::rich_text::{RichText, grouped};

use crate::evaluate::Reason;
use crate::explain::{
    BucketingTrace, NotEnrolled, PredicateTrace, PriorUse, RampPhase, Step, Trace, TracePart, Verdict,
};
use crate::model::{Operator, RANDOM};

/// Why a subject gets what it gets: a sentence or two for each step, in the order of decision.
pub fn trace(trace: &Trace) -> Vec<RichText> {
    trace.steps.iter().map(|step| self::step(step, trace)).collect()
}

fn step(step: &Step, trace: &Trace) -> RichText {
    let what = self::part(&step.part).text(": ");
    let said = match (&step.verdict, &step.part) {
        (Verdict::NotReached, _) => return what.text("not reached."),
        (Verdict::Decides { choice }, TracePart::Pinned) => RichText::from("everyone gets ").choice(choice),
        (Verdict::Decides { choice }, TracePart::Override { value: Some(unit), .. }) => {
            RichText::from("lists ").then(value(unit)).text(", gives ").choice(choice)
        }
        (Verdict::Decides { choice }, TracePart::Rule { .. }) => RichText::from("holds, gives ").choice(choice),
        (Verdict::Decides { choice }, TracePart::Default) => {
            RichText::from(without_state(trace.reason)).text("gives ").choice(choice)
        }
        (Verdict::Decides { choice }, _) => RichText::from("gives ").choice(choice),
        (Verdict::Fails, TracePart::Override { value: Some(unit), .. }) => {
            RichText::from("does not list ").then(value(unit))
        }
        (Verdict::Fails, _) => "does not hold".into(),
        (Verdict::Unknown, TracePart::Override { .. }) => "there is no value".into(),
        (Verdict::Unknown, _) => "unknown, and so does not hold".into(),
        (Verdict::NotEnrolled { reason: because }, TracePart::Rule { .. }) => {
            RichText::from("holds, but is passed over: ").then(passed_over(*because, step.bucketing.as_ref()))
        }
        (Verdict::NotEnrolled { reason: because }, _) => {
            RichText::from("passed over: ").then(passed_over(*because, step.bucketing.as_ref()))
        }
    };
    let mut told = vec![what.then(said)];
    if !step.predicates.is_empty() {
        told.push(RichText::join(step.predicates.iter().map(checked), "; "));
    }
    if let (Some(dealt), Verdict::Decides { choice }) = (&step.bucketing, &step.verdict) {
        told.push(self::bucketing(dealt, choice));
    }
    RichText::join(told, ". ").text(".")
}

/// A part, as it begins a sentence.
fn part(part: &TracePart) -> RichText {
    match part {
        TracePart::Pinned => "Pinned".into(),
        TracePart::Override { segment, input: of, .. } => {
            RichText::from("Override by ").then(self::segment(segment, of.as_deref()))
        }
        TracePart::Rule { name, .. } => name.clone().into(),
        TracePart::Otherwise => "Otherwise".into(),
        TracePart::Default => "Default".into(),
    }
}

fn without_state(reason: Reason) -> &'static str {
    match reason {
        Reason::NoState => "there is no state, ",
        Reason::Quarantined => "the newest version cannot be used, ",
        _ => "",
    }
}

fn checked(checked: &PredicateTrace) -> RichText {
    let check = check(&checked.predicate).text(": ");
    let only = match &checked.predicate.operator {
        Operator::In(values) => values.len() == 1,
        test => matches!(test, Operator::Eq(_)),
    };
    match (checked.holds, &checked.value) {
        (Some(true), _) if only => check.text("yes"),
        (None, None) => check.text("unknown, there is no value"),
        (None, Some(known)) => {
            let kind = if matches!(checked.predicate.operator, Operator::Semver(_)) { "a version" } else { "a time" };
            check.text("unknown, ").then(value(known)).text(format!(" is not {kind}"))
        }
        (Some(true), Some(known)) => check.text("yes, it is ").then(value(known)),
        (Some(false), Some(known)) => check.text("no, it is ").then(value(known)),
        (Some(true), None) => check.text("yes"),
        (Some(false), None) => check.text("no"),
    }
}

fn passed_over(because: NotEnrolled, dealt: Option<&BucketingTrace>) -> RichText {
    let Some(dealt) = dealt else { return RichText::new() };
    match (because, &dealt.entry) {
        (NotEnrolled::NoUnit, _) => by(dealt).text(" has no value"),
        (NotEnrolled::NotAUnit, _) => unit(dealt).text(" is no unit"),
        (NotEnrolled::OutsideShare, Some(entry)) => unit(dealt).text(format!(
            " does not enter the experiment, as its entry position {} of 1 000 000 is not within {} %",
            grouped(entry.position.into()),
            entry.share
        )),
        (NotEnrolled::OutsideShare, None) => unit(dealt).text(" does not enter"),
    }
}

/// How a unit came to its choice.
fn bucketing(dealt: &BucketingTrace, choice: &str) -> RichText {
    let slot = format!("slot {} of 1 000 000", grouped(dealt.slot.unwrap_or_default().into()));
    let slot = match dealt.by.as_str() {
        RANDOM => RichText::from(format!("This time {slot} is drawn, which is ")),
        _ => unit(dealt).text(format!(" has {slot}, which is ")),
    };
    let owner = dealt.owner.as_deref().unwrap_or(choice);
    let told = slot.choice(owner).text("'s").then(past(dealt, choice));
    match &dealt.ramp {
        Some(side) => told.then(ramp(side)),
        None => told,
    }
}

fn past(dealt: &BucketingTrace, choice: &str) -> RichText {
    match &dealt.prior_use {
        None | Some(PriorUse::Unused) => RichText::new(),
        Some(PriorUse::Unknown) => "; what the unit used before is not known here, and would be kept".into(),
        Some(PriorUse::Used(used)) if used == choice => {
            RichText::from("; the unit used ").choice(used).text(" before, and keeps it")
        }
        Some(PriorUse::Used(used)) => {
            RichText::from("; the unit used ").choice(used).text(" before, which is given to nobody any more")
        }
    }
}

fn ramp(side: &RampPhase) -> RichText {
    match side.moves_at {
        None => RichText::from("; the ramp does not move it"),
        Some(at) if side.moved => {
            RichText::from("; the ramp moved it from ").choice(&side.from).text(format!(" at {at}"))
        }
        Some(at) => RichText::from("; the ramp moves it to ").choice(&side.to).text(format!(" at {at}")),
    }
}

fn by(dealt: &BucketingTrace) -> RichText {
    segment(&dealt.by, dealt.input.as_deref())
}

fn unit(dealt: &BucketingTrace) -> RichText {
    let by = by(dealt);
    match &dealt.unit {
        Some(unit) => by.text(" ").then(value(unit)),
        None => by,
    }
}
