//! Traces as sentences.

use super::condition::{check, segment, value};
use super::sentence::{Sentence, grouped};

use crate::evaluate::Reason;
use crate::explain::{Checked, Dealt, Part, PassedOver, Past, Side, Step, Trace, Verdict};
use crate::model::{RANDOM, Test};

/// Why a subject gets what it gets: a sentence or two for each step, in the order of decision.
pub fn trace(trace: &Trace) -> Vec<Sentence> {
    trace.steps.iter().map(|step| self::step(step, trace)).collect()
}

fn step(step: &Step, trace: &Trace) -> Sentence {
    let what = self::part(&step.part).text(": ");
    let said = match (&step.verdict, &step.part) {
        (Verdict::NotReached, _) => return what.text("not reached."),
        (Verdict::Decides { choice }, Part::Pinned) => Sentence::from("everyone gets ").choice(choice),
        (Verdict::Decides { choice }, Part::Override { value: Some(unit), .. }) => {
            Sentence::from("lists ").then(value(unit)).text(", gives ").choice(choice)
        }
        (Verdict::Decides { choice }, Part::Rule { .. }) => Sentence::from("holds, gives ").choice(choice),
        (Verdict::Decides { choice }, Part::Default) => {
            Sentence::from(without_state(trace.reason)).text("gives ").choice(choice)
        }
        (Verdict::Decides { choice }, _) => Sentence::from("gives ").choice(choice),
        (Verdict::Fails, Part::Override { value: Some(unit), .. }) => {
            Sentence::from("does not list ").then(value(unit))
        }
        (Verdict::Fails, _) => "does not hold".into(),
        (Verdict::Unknown, Part::Override { .. }) => "there is no value".into(),
        (Verdict::Unknown, _) => "unknown, and so does not hold".into(),
        (Verdict::PassedOver { because }, Part::Rule { .. }) => {
            Sentence::from("holds, but is passed over: ").then(passed_over(*because, step.dealt.as_ref()))
        }
        (Verdict::PassedOver { because }, _) => {
            Sentence::from("passed over: ").then(passed_over(*because, step.dealt.as_ref()))
        }
    };
    let mut told = vec![what.then(said)];
    if !step.checks.is_empty() {
        told.push(Sentence::join(step.checks.iter().map(checked), "; "));
    }
    if let (Some(dealt), Verdict::Decides { choice }) = (&step.dealt, &step.verdict) {
        told.push(self::dealt(dealt, choice));
    }
    Sentence::join(told, ". ").text(".")
}

/// A part, as it begins a sentence.
fn part(part: &Part) -> Sentence {
    match part {
        Part::Pinned => "Pinned".into(),
        Part::Override { segment, of, .. } => {
            Sentence::from("Override by ").then(self::segment(segment, of.as_deref()))
        }
        Part::Rule { name, .. } => name.clone().into(),
        Part::Otherwise => "Otherwise".into(),
        Part::Default => "Default".into(),
    }
}

fn without_state(reason: Reason) -> &'static str {
    match reason {
        Reason::NoState => "there is no state, ",
        Reason::Quarantined => "the newest version cannot be used, ",
        _ => "",
    }
}

fn checked(checked: &Checked) -> Sentence {
    let check = check(&checked.check).text(": ");
    let only = match &checked.check.test {
        Test::In(values) => values.len() == 1,
        test => matches!(test, Test::Eq(_)),
    };
    match (checked.holds, &checked.value) {
        (Some(true), _) if only => check.text("yes"),
        (None, None) => check.text("unknown, there is no value"),
        (None, Some(known)) => {
            let kind = if matches!(checked.check.test, Test::Semver(_)) { "a version" } else { "a time" };
            check.text("unknown, ").then(value(known)).text(format!(" is not {kind}"))
        }
        (Some(true), Some(known)) => check.text("yes, it is ").then(value(known)),
        (Some(false), Some(known)) => check.text("no, it is ").then(value(known)),
        (Some(true), None) => check.text("yes"),
        (Some(false), None) => check.text("no"),
    }
}

fn passed_over(because: PassedOver, dealt: Option<&Dealt>) -> Sentence {
    let Some(dealt) = dealt else { return Sentence::new() };
    match (because, &dealt.entry) {
        (PassedOver::NoUnit, _) => by(dealt).text(" has no value"),
        (PassedOver::NotAUnit, _) => unit(dealt).text(" is no unit"),
        (PassedOver::OutsideShare, Some(entry)) => unit(dealt).text(format!(
            " does not enter the experiment, as its entry position {} of 1 000 000 is not within {} %",
            grouped(entry.position.into()),
            entry.share
        )),
        (PassedOver::OutsideShare, None) => unit(dealt).text(" does not enter"),
    }
}

/// How a unit came to its choice.
fn dealt(dealt: &Dealt, choice: &str) -> Sentence {
    let slot = format!("slot {} of 1 000 000", grouped(dealt.slot.unwrap_or_default().into()));
    let slot = match dealt.by.as_str() {
        RANDOM => Sentence::from(format!("This time {slot} is drawn, which is ")),
        _ => unit(dealt).text(format!(" has {slot}, which is ")),
    };
    let owner = dealt.owner.as_deref().unwrap_or(choice);
    let told = slot.choice(owner).text("'s").then(past(dealt, choice));
    match &dealt.ramp {
        Some(side) => told.then(ramp(side)),
        None => told,
    }
}

fn past(dealt: &Dealt, choice: &str) -> Sentence {
    match &dealt.past {
        None | Some(Past::Unused) => Sentence::new(),
        Some(Past::Unknown) => "; what the unit used before is not known here, and would be kept".into(),
        Some(Past::Used(used)) if used == choice => {
            Sentence::from("; the unit used ").choice(used).text(" before, and keeps it")
        }
        Some(Past::Used(used)) => {
            Sentence::from("; the unit used ").choice(used).text(" before, which is given to nobody any more")
        }
    }
}

fn ramp(side: &Side) -> Sentence {
    match side.at {
        None => Sentence::from("; the ramp does not move it"),
        Some(at) if side.moved => {
            Sentence::from("; the ramp moved it from ").choice(&side.from).text(format!(" at {at}"))
        }
        Some(at) => Sentence::from("; the ramp moves it to ").choice(&side.to).text(format!(" at {at}")),
    }
}

fn by(dealt: &Dealt) -> Sentence {
    segment(&dealt.by, dealt.of.as_deref())
}

fn unit(dealt: &Dealt) -> Sentence {
    let by = by(dealt);
    match &dealt.unit {
        Some(unit) => by.text(" ").then(value(unit)),
        None => by,
    }
}
