//! Flows: what the units of a part have before and after a change, and between which implementations they move.

use serde::Serialize;

use super::counterparts::Counterparts;
use super::measure::target;
use super::transition::{self, PartAllocation, Transition};
use super::{Effect, Impact, StatePart};
use crate::bucketing::AllocationPlanner;

use crate::bucketing::allocation;
use crate::model::{Percent, Selector, State, Timestamp};

/// The name in a [`Flow`] for what follows a part, if that depends on the subject.
const NEXT_RULE: &str = "next rule";

/// The distribution of a part's own units before and after a change. All shares are in percent, exact to one slot in a million.
///
/// `before` consists of the shares that stay and that leave, `after` of those that stay and that arrive. Units that do not enter an
/// experiment have the implementation that follows it; if that depends on the subject, they are the share of `next rule`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// The changed part of the state.
    pub part: StatePart,
    /// The share of each implementation before the change.
    pub before: Vec<(String, f64)>,
    /// The share of each implementation after the change, at the end of the ramp if there is one.
    pub after: Vec<(String, f64)>,
    /// The shares that move from one implementation to another.
    pub moves: Vec<(String, String, f64)>,
    /// The shares that stay.
    pub stays: Vec<(String, f64)>,
    /// The start and end of the ramp, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp: Option<(Timestamp, Timestamp)>,
    /// `true` if units that used the implementation in the experiment before keep it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sticky: bool,
    /// `true` if every unit is reassigned. It is then unknown which units move, so `moves` and `stays` are empty.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reshuffled: bool,
}

/// Returns the flows of a change: one for each part whose units move or are reassigned according to the [impact](Impact), in its
/// order. A part of which only the audience changes has no flow.
///
/// `after` is a planned state, as returned by `Change::preview_state`, and `default` is the implementation that replaces an absent
/// `otherwise`.
pub fn flows(before: &State, after: &State, impact: &Impact, default: &str, now: Timestamp) -> Vec<Flow> {
    let (before, after) = (&*before.effective(), &*after.effective());
    let (counterparts, mut flows) = (Counterparts::new(&before.rules, &after.rules), Vec::<Flow>::new());
    for line in &impact.lines {
        let reshuffled = line.effect == Effect::Reshuffled;
        let known = flows.iter().any(|flow| flow.part == line.part);
        if known || !(reshuffled || matches!(line.effect, Effect::Moved { .. })) {
            continue;
        }
        let served = served((before, &counterparts), after, &line.part, default, now);
        let Some([old, new]) = served else { continue };
        let lines = || impact.lines.iter().filter(|other| other.part == line.part);
        let transition = Transition::between(&old, &new);
        let named = |name: Option<&str>| name.unwrap_or(NEXT_RULE).to_owned();
        let [starts, ends] = transition.ends();
        let percentages = |shares: std::collections::BTreeMap<Option<&str>, u64>| -> Vec<(String, f64)> {
            shares.into_iter().map(|(name, measure)| (named(name), transition::percent(measure))).collect()
        };
        let moves = || {
            let known = transition.moves().map(|(from, to, measure)| (Some(from), Some(to), measure.total));
            let all = known.chain(transition.unknown());
            all.map(|(from, to, measure)| (named(from), named(to), transition::percent(measure))).collect()
        };
        let stays = || percentages(transition.stays().collect());
        flows.push(Flow {
            part: line.part.clone(),
            before: if reshuffled { slot_shares(&old) } else { percentages(starts) },
            after: if reshuffled { slot_shares(&new) } else { percentages(ends) },
            moves: if reshuffled { Vec::new() } else { moves() },
            stays: if reshuffled { Vec::new() } else { stays() },
            ramp: lines().find_map(|line| line.ramp),
            sticky: lines().any(|line| line.sticky),
            reshuffled,
        });
    }
    flows
}

/// Returns the allocation of a part before and after the change.
fn served(
    (before, counterparts): (&State, &Counterparts<'_>),
    after: &State,
    part: &StatePart,
    default: &str,
    now: Timestamp,
) -> Option<[PartAllocation; 2]> {
    let (old, new) = match part {
        StatePart::Pinned => {
            return Some([before.pinned.as_deref()?, after.pinned.as_deref()?].map(PartAllocation::fixed));
        }
        StatePart::Overrides => return None,
        StatePart::Rule(name) => {
            let index = after.rules.iter().position(|rule| rule.name == *name)?;
            let counterpart = counterparts.get(index)?;
            let old = (counterpart.rule.select.clone(), transition::following(before, counterpart.index, default));
            (old, (after.rules.get(index)?.select.clone(), transition::following(after, index, default)))
        }
        StatePart::Otherwise => {
            let default_selector = || Selector::Static(default.to_owned());
            let otherwise =
                |state: &State| (state.otherwise.clone().unwrap_or_else(default_selector), Some(default.to_owned()));
            (otherwise(before), otherwise(after))
        }
    };
    let planner = AllocationPlanner { base: before, version: 0, now, default, earlier: &[] };
    let (old_entry, new_entry) = (transition::entry(&old.0), transition::entry(&new.0));
    Some([
        PartAllocation { allocation: planner.current_allocation(&old.0)?, entry: old_entry, outside: old.1 },
        PartAllocation { allocation: target(&new.0), entry: new_entry, outside: new.1 },
    ])
}

/// Returns the shares of the units that enter.
fn slot_shares(served: &PartAllocation) -> Vec<(String, f64)> {
    let shares = allocation::shares(&served.allocation).into_iter().filter(|(_, slots)| *slots > 0);
    shares.map(|(name, slots)| (name, Percent::from_slots(slots).0)).collect()
}
