//! Descriptions of warnings.

use super::condition::list;
use super::rich_text::RichText;
use crate::text::{Remark, quoted};
use crate::warnings::{Warning, WarningKind};

use crate::model::StatePart;

/// Describes a warning in a sentence.
pub fn warning(warning: &Warning) -> RichText {
    match &warning.kind {
        WarningKind::Ineffective { pinned } => {
            RichText::from("Everyone is pinned to ").choice(pinned).text(": the rest has no effect.")
        }
        WarningKind::Shadowed { units, by } => {
            let are = if units.len() == 1 { " is" } else { " are" };
            list(units, "and").text(are).text(format!(" already in override {}, which applies.", by + 1))
        }
        WarningKind::NeverHolds { rule } => format!("{rule} matches no users: its condition can never be true.").into(),
        WarningKind::Unreachable { part, by } => format!("{} never applies: {}.", self::part(part), covered(by)).into(),
        WarningKind::UnreachableByUnits { part, by, units } => {
            let set = if units.len() == 1 { "is set" } else { "are set" };
            let part = self::part(part);
            format!("{part} never applies where {} {set}: {}.", names(units), covered(by)).into()
        }
        WarningKind::UnusualText { text, remarks } => {
            let remarks: Vec<String> = remarks.iter().map(Remark::to_string).collect();
            let only = ". Only exactly this text matches.";
            RichText::new().value(quoted(text)).text(format!(" is unusual: {}", remarks.join("; "))).text(only)
        }
        WarningKind::AllTheSame { choice } => {
            let same = RichText::from("All rules serve ").choice(choice);
            same.text(", and so does everyone else: the rules have no effect.")
        }
    }
}

fn part(part: &StatePart) -> &str {
    match part {
        StatePart::Rule(name) => name,
        _ => "Everyone else",
    }
}

fn covered(by: &[String]) -> String {
    format!("{} {} it", names(by), if by.len() == 1 { "covers" } else { "cover" })
}

fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
