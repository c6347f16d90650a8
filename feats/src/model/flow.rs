//! Flows: who has what before a change and after it, and who goes from where to where, as a picture of an impact.

use serde::Serialize;

use super::counterparts::Counterparts;
use super::division::{self, Shares};
use super::impact::{Effect, Impact, Part};
use super::selector::{Run, Selector, Weight};
use super::settle::{Settling, target};
use super::slots::SLOTS;
use super::state::State;
use super::time::Timestamp;

/// Who of a part's own units has what before and after a change. All shares are in percent, exact to one slot in a
/// million.
///
/// `before` is what stays and what leaves, `after` what stays and what comes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// The part of the state that changes.
    pub part: Part,
    /// The share of each implementation before, at the instant of the change.
    pub before: Vec<(String, f64)>,
    /// The share of each implementation after: at the end of the ramp, if there is one.
    pub after: Vec<(String, f64)>,
    /// The shares that go from one implementation to another one.
    pub moves: Vec<(String, String, f64)>,
    /// The shares that stay.
    pub stays: Vec<(String, f64)>,
    /// When a ramp moves units: from start to end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<(Timestamp, Timestamp)>,
    /// Whether an experiment remembers: of those who move, whoever has used the implementation before keeps it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub remembered: bool,
    /// Whether everyone is dealt anew. Then it is unknown who goes where: nothing stays and nothing moves here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reshuffled: bool,
}

/// The flows of a change: one for each part of which the [impact](Impact) says that units move or are dealt anew, in its
/// order. Where only the audience changes, shares do not flow.
///
/// `after` is a settled state, as [`Change::preview_state`](crate::Change::preview_state) gives it, and `default` the
/// implementation that stands in for an absent `otherwise`.
pub fn flows(before: &State, after: &State, impact: &Impact, default: &str, now: Timestamp) -> Vec<Flow> {
    let (rules, mut flows) = (Counterparts::among(&before.rules), Vec::<Flow>::new());
    for line in &impact.lines {
        let reshuffled = line.effect == Effect::Reshuffled;
        let known = flows.iter().any(|flow| flow.part == line.part);
        if known || !(reshuffled || matches!(line.effect, Effect::Moved { .. })) {
            continue;
        }
        let Some([old, new]) = divisions((before, &rules), after, &line.part, default, now) else { continue };
        let lines = || impact.lines.iter().filter(|other| other.part == line.part);
        let flow = Flow {
            part: line.part.clone(),
            before: told(&division::shares(&old)),
            after: told(&division::shares(&new)),
            moves: Vec::new(),
            stays: Vec::new(),
            ramp: lines().find_map(|line| line.ramp),
            remembered: lines().any(|line| line.remembered),
            reshuffled,
        };
        flows.push(if reshuffled { flow } else { flow.overlaid(&old, &new) });
    }
    flows
}

impl Flow {
    fn overlaid(self, old: &[Run], new: &[Run]) -> Self {
        let moves = division::moves(old, new).into_iter();
        let mut stays = Shares::new();
        for stretch in division::overlay(old, new).iter().filter(|stretch| stretch.from.0 == stretch.to.0) {
            *stays.entry(stretch.from.0.clone()).or_default() += stretch.length;
        }
        let moves = moves.map(|((from, to), slots)| (from, to, Weight::of_slots(slots).0)).collect();
        Self { moves, stays: told(&stays), ..self }
    }
}

/// The divisions of a part's units before and after.
fn divisions(
    (before, rules): (&State, &Counterparts<'_>),
    after: &State,
    part: &Part,
    default: &str,
    now: Timestamp,
) -> Option<[Vec<Run>; 2]> {
    let fixed = |name: &str| vec![Run(name.to_owned(), SLOTS, 0)];
    let (old, new) = match part {
        Part::Pinned => return Some([fixed(before.pinned.as_deref()?), fixed(after.pinned.as_deref()?)]),
        Part::Overrides => return None,
        Part::Rule(name) => {
            let rule = after.rules.iter().find(|rule| rule.name == *name)?;
            (rules.of(rule)?.select.clone(), rule.select.clone())
        }
        Part::Otherwise => {
            let otherwise = |state: &State| state.otherwise.clone();
            let default = || Selector::Static(default.to_owned());
            (otherwise(before).unwrap_or_else(default), otherwise(after).unwrap_or_else(default))
        }
    };
    let settling = Settling { base: before, version: 0, now, default, earlier: &[] };
    Some([settling.standing(&old)?, target(&new)])
}

fn told(shares: &Shares) -> Vec<(String, f64)> {
    let owned = shares.iter().filter(|(_, slots)| **slots > 0);
    owned.map(|(name, slots)| (name.clone(), Weight::of_slots(*slots).0)).collect()
}
