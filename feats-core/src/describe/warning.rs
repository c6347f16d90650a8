//! Warnings as sentences.

use super::condition::list;
use super::rich_text::RichText;
use crate::text::{Remark, quoted};
use crate::warnings::{Warning, WarningKind};

use crate::model::StatePart;

/// What is doubtful, in a sentence.
pub fn warning(warning: &Warning) -> RichText {
    match &warning.kind {
        WarningKind::Ineffective { pinned } => {
            RichText::from("Everyone is pinned to ").choice(pinned).text(": nothing else of this has an effect.")
        }
        WarningKind::Shadowed { units, by } => {
            let have = if units.len() == 1 { " has" } else { " have" };
            list(units, "and").text(have).text(format!(" an override before: that of position {} decides.", by + 1))
        }
        WarningKind::NeverHolds { rule } => format!("{rule} is for nobody: its condition can never hold.").into(),
        WarningKind::Unreachable { part, by } => {
            format!("{} is never reached: {}.", self::part(part), answer(by)).into()
        }
        WarningKind::UnreachableByUnits { part, by, units } => {
            let set = if units.len() == 1 { "is set" } else { "are set" };
            let part = self::part(part);
            format!("{part} is never reached where {} {set}: {}.", names(units), answer(by)).into()
        }
        WarningKind::UnusualText { text, remarks } => {
            let remarks: Vec<String> = remarks.iter().map(Remark::to_string).collect();
            let only = ": only exactly this text is equal to it.";
            RichText::new().value(quoted(text)).text(format!(" is unusual: {}", remarks.join("; "))).text(only)
        }
        WarningKind::AllTheSame { choice } => {
            let same = RichText::from("All rules give ").choice(choice);
            same.text(", which everyone else gets too: nothing would change without them.")
        }
    }
}

fn part(part: &StatePart) -> &str {
    match part {
        StatePart::Rule(name) => name,
        _ => "What is given otherwise",
    }
}

fn answer(by: &[String]) -> String {
    format!("{} {} before", names(by), if by.len() == 1 { "answers" } else { "answer" })
}

fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
