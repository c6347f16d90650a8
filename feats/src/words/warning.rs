//! Warnings as sentences.

use super::condition::list;
use super::sentence::Sentence;
use crate::model::{Doubt, Part, Warning};

/// What is doubtful, in a sentence.
pub fn warning(warning: &Warning) -> Sentence {
    match &warning.doubt {
        Doubt::WithoutEffect { pinned } => {
            Sentence::from("Everyone is pinned to ").choice(pinned).text(": nothing else of this has an effect.")
        }
        Doubt::Shadowed { units, by } => {
            let have = if units.len() == 1 { " has" } else { " have" };
            list(units, "and").text(have).text(format!(" an override before: that of position {} decides.", by + 1))
        }
        Doubt::NeverHolds { rule } => format!("{rule} is for nobody: its condition can never hold.").into(),
        Doubt::Unreachable { part, by } => {
            let part = match part {
                Part::Rule(name) => name.as_str(),
                _ => "What is given otherwise",
            };
            let answer = if by.len() == 1 { "answers" } else { "answer" };
            format!("{part} is never reached: {} {answer} before.", names(by)).into()
        }
        Doubt::AllTheSame { choice } => {
            let same = Sentence::from("All rules give ").choice(choice);
            same.text(", which everyone else gets too: nothing would change without them.")
        }
    }
}

fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
