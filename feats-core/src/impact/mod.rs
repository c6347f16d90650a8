//! Impact: the units that a change moves.

mod audience;
mod counterparts;
mod flow;
mod measure;
mod transition;

use std::fmt;

use serde::Serialize;

use crate::model::{StatePart, Timestamp};

pub use flow::{Flow, flows};

/// The impact of a change: the units that it moves.
///
/// Shares refer to a part's own units: the subjects that reach the part and have a value of its segment.
/// [`is_exact`](Impact::is_exact) returns whether these are all the units that move.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct Impact {
    /// One line for each effect, in the order of the state.
    pub lines: Vec<ImpactLine>,
    /// The implementation that the feature stays pinned to, so that no units move until it is unpinned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub still_pinned: Option<String>,
    /// `true` if effects that no line describes move other units.
    #[serde(skip)]
    is_estimate: bool,
}

/// One effect of a change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImpactLine {
    /// The changed part of the state.
    pub part: StatePart,
    /// The effect on its units.
    #[serde(flatten)]
    pub effect: Effect,
    /// The start and end of the ramp that moves them. Without one, they move at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<(Timestamp, Timestamp)>,
    /// `true` if units that used the implementation in the experiment before keep it, so that only the others move.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sticky: bool,
}

/// The place of a selector in a state, for [`Impact::moved`]. Text converts to the name of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulePlace {
    /// The rule with this name.
    Rule(String),
    /// The selector for everyone whom no rule matches.
    Otherwise,
}

/// An effect on the units of a part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A share of the part's own units moves. A static choice counts as 100% of one implementation; units that do not enter an
    /// experiment have the implementation that follows it.
    Moved {
        /// The old implementation.
        from: String,
        /// The new implementation.
        to: String,
        /// The share in percent.
        percent: f64,
    },
    /// The share of units that enter an experiment changes; the others continue with the next rule. For a selector that is not an
    /// experiment, the share is 100%.
    Share {
        /// The old share in percent.
        from: f64,
        /// The new share in percent.
        to: f64,
    },
    /// The condition or the order changes, or the part was added or removed: the share is unknown.
    Audience,
    /// Every unit is reassigned at random, by another seed or another segment.
    Reshuffled,
}

impl Impact {
    /// Returns the share, in percent, of the units of a rule (or of [`RulePlace::Otherwise`]) that moves from one
    /// implementation to another; 0 if none does.
    pub fn moved(&self, place: impl Into<RulePlace>, from: impl AsRef<str>, to: impl AsRef<str>) -> f64 {
        let place = place.into();
        let lines = self.lines.iter().filter(|line| match (&line.part, &place) {
            (StatePart::Rule(name), RulePlace::Rule(rule)) => name == rule,
            (StatePart::Otherwise, RulePlace::Otherwise) => true,
            _ => false,
        });
        let moved = lines.filter_map(|line| match &line.effect {
            Effect::Moved { from: left, to: got, percent } if left == from.as_ref() && got == to.as_ref() => {
                Some(*percent)
            }
            _ => None,
        });
        moved.sum::<f64>() + 0.0
    }

    /// Returns `true` if no units move.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Returns `true` if the lines describe all units that move, exact to one slot in a million: no condition, order, override, pin
    /// or history affects the result.
    ///
    /// ```standalone_crate
    /// use feats::model::{Declaration, Experiment, ValueKind, Percent};
    /// use feats::{App, RulePlace, store::Memory};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// let fee = Declaration::new("Fee", ["acme", "premium"]).segment("UserId", ValueKind::Integer);
    /// let app = App::builder().store(Memory::new()).declare(fee).detached().start().await?;
    /// let mut halves = Experiment::new("UserId", [("acme", 50.0), ("premium", 50.0)]);
    /// halves.share = Percent(20.0);
    /// let preview = app.feature_named("Fee")?.edit().otherwise(halves).preview().await?;
    /// assert_eq!(preview.moved(RulePlace::Otherwise, "acme", "premium"), 10.0);
    /// assert!(preview.impact.is_exact());
    /// # Ok(()) }
    /// ```
    pub fn is_exact(&self) -> bool {
        let is_known =
            |line: &ImpactLine| matches!(line.effect, Effect::Moved { .. } | Effect::Share { .. }) && !line.sticky;
        self.lines.is_empty() || (!self.is_estimate && self.still_pinned.is_none() && self.lines.iter().all(is_known))
    }

    /// Returns `true` if every unit of a rollout or an experiment is reassigned.
    pub fn reshuffles(&self) -> bool {
        self.lines.iter().any(|line| line.effect == Effect::Reshuffled)
    }

    fn push(&mut self, part: StatePart, effect: Effect) {
        self.lines.push(ImpactLine { part, effect, ramp: None, sticky: false });
    }
}

impl From<&str> for RulePlace {
    fn from(rule: &str) -> Self {
        RulePlace::Rule(rule.to_owned())
    }
}

impl From<String> for RulePlace {
    fn from(rule: String) -> Self {
        RulePlace::Rule(rule)
    }
}

impl Effect {
    fn moved(from: &str, to: &str, percent: f64) -> Self {
        Effect::Moved { from: from.to_owned(), to: to.to_owned(), percent }
    }
}

impl fmt::Display for ImpactLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.part)?;
        match &self.effect {
            Effect::Moved { from, to, percent } => write!(f, "{percent}% move from {from} to {to}")?,
            Effect::Share { from, to } => write!(f, "{to}% of the units enter the experiment instead of {from}%")?,
            Effect::Audience => f.write_str("the audience changes, size unknown")?,
            Effect::Reshuffled => f.write_str("everyone is reassigned at random")?,
        }
        if self.sticky {
            f.write_str(", except those who used it before")?;
        }
        match &self.ramp {
            Some((start, end)) => write!(f, ", gradually from {start} to {end}"),
            None => Ok(()),
        }
    }
}

/// Formats one line for each effect; `no units move` if there is none.
impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines.is_empty() {
            return f.write_str("no units move");
        }
        for (index, line) in self.lines.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{line}")?;
        }
        if let Some(pinned) = &self.still_pinned {
            write!(f, "\neveryone stays pinned to {pinned}; this takes effect after unpinning")?;
        }
        Ok(())
    }
}
