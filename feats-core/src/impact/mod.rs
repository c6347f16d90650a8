//! Impact: whom a change moves, before it is written and after.

mod audience;
mod counterparts;
mod flow;
mod measure;
mod transition;

use std::fmt;

use serde::Serialize;

use crate::model::{StatePart, Timestamp};

pub use flow::{Flow, flows};

/// Whom a change moves.
///
/// Shares are those of a part's own units: the subjects that reach the part and have a value of its segment.
/// [`is_exact`](Impact::is_exact) says whether they are all who move.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct Impact {
    /// One line for each thing that changes, in the order of the state.
    pub lines: Vec<ImpactLine>,
    /// The implementation that the feature stays pinned to, so that nobody moves before it is unpinned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub still_pinned: Option<String>,
    /// Whether something that no line tells makes other units move than the lines say.
    #[serde(skip)]
    is_estimate: bool,
}

/// One thing that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImpactLine {
    /// The part of the state that changes.
    pub part: StatePart,
    /// What happens to its units.
    #[serde(flatten)]
    pub effect: Effect,
    /// When a ramp moves them: from start to end. Without one, they move at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<(Timestamp, Timestamp)>,
    /// Whether an experiment remembers: whoever has used the implementation before keeps it, only the others move.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub remembered: bool,
}

/// The part of a state that a selector belongs to, for [`Impact::moved`]. A text is the name of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulePlace {
    /// The rule of this name.
    Rule(String),
    /// The selector for units that no rule serves.
    Otherwise,
}

/// What happens to the units of a part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// This share of the part's own units moves. A static choice is 100 % of one implementation; units that do not enter an
    /// experiment have what follows it.
    Moved {
        /// The implementation that they had.
        from: String,
        /// The implementation that they get.
        to: String,
        /// The share in percent.
        percent: f64,
    },
    /// Another share of the units enters an experiment; the rest goes on with the next rule. What is not an experiment
    /// lets everyone in.
    Share {
        /// The share in percent before.
        from: f64,
        /// The share in percent after.
        to: f64,
    },
    /// The condition or the order changes, or the part is new or gone: the share cannot be known.
    Audience,
    /// Everyone is dealt anew, by another seed or another segment.
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

    /// Whether nobody moves.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether the lines tell of everyone who moves, to one slot in a million: no condition, order, override, pin or history
    /// decides who that is.
    ///
    /// ```standalone_crate
    /// use feats::model::{Declaration, Experiment, ValueKind, Weight};
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
            |line: &ImpactLine| matches!(line.effect, Effect::Moved { .. } | Effect::Share { .. }) && !line.remembered;
        self.lines.is_empty() || (!self.is_estimate && self.still_pinned.is_none() && self.lines.iter().all(is_known))
    }

    /// Whether some rollout is dealt anew.
    pub fn reshuffles(&self) -> bool {
        self.lines.iter().any(|line| line.effect == Effect::Reshuffled)
    }

    fn push(&mut self, part: StatePart, effect: Effect) {
        self.lines.push(ImpactLine { part, effect, ramp: None, remembered: false });
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
            Effect::Moved { from, to, percent } => write!(f, "{percent} % move from {from} to {to}")?,
            Effect::Share { from, to } => write!(f, "{to} % of the units enter the experiment, not {from} %")?,
            Effect::Audience => f.write_str("the audience changes; how many that are cannot be known")?,
            Effect::Reshuffled => f.write_str("everyone is dealt anew")?,
        }
        if self.remembered {
            f.write_str(", but whoever has used it keeps it")?;
        }
        match &self.ramp {
            Some((start, end)) => write!(f, ", bit by bit from {start} to {end}"),
            None => Ok(()),
        }
    }
}

/// A line for each thing that changes; `nobody moves` if there is none.
impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines.is_empty() {
            return f.write_str("nobody moves");
        }
        for (at, line) in self.lines.iter().enumerate() {
            let end = if at == 0 { "" } else { "\n" };
            write!(f, "{end}{line}")?;
        }
        if let Some(pinned) = &self.still_pinned {
            write!(f, "\neveryone stays pinned to {pinned}: this takes effect when it is unpinned")?;
        }
        Ok(())
    }
}
