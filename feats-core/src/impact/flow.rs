//! Flows: who has what before a change and after it, and who goes from where to where, as a picture of an impact.

use serde::Serialize;

use super::counterparts::Counterparts;
use super::measure::target;
use super::transition::{self, Served, Transition};
use super::{Effect, Impact, StatePart};
use crate::bucketing::AllocationPlanner;

use crate::bucketing::allocation;
use crate::model::{Percent, Selector, State, Timestamp};

/// The name that stands for what follows a part in [`Flow`]s, where it depends on the subject.
const FOLLOWING: &str = "next rule";

/// Who of a part's own units has what before and after a change. All shares are in percent, exact to one slot in a
/// million.
///
/// `before` is what stays and what leaves, `after` what stays and what comes. Units that do not enter an experiment have what
/// follows it; where that depends on the subject, they are the share of `next rule`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// The part of the state that changes.
    pub part: StatePart,
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
/// `after` is a planned state, as `Change::preview_state` gives it, and `default` the
/// implementation that stands in for an absent `otherwise`.
pub fn flows(before: &State, after: &State, impact: &Impact, default: &str, now: Timestamp) -> Vec<Flow> {
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
        let named = |name: Option<&str>| name.unwrap_or(FOLLOWING).to_owned();
        let [starts, ends] = transition.ends();
        let told = |shares: std::collections::BTreeMap<Option<&str>, u64>| -> Vec<(String, f64)> {
            shares.into_iter().map(|(name, measure)| (named(name), transition::percent(measure))).collect()
        };
        let moves = || {
            let known = transition.moves().map(|(from, to, measure)| (Some(from), Some(to), measure.total));
            let all = known.chain(transition.unknown());
            all.map(|(from, to, measure)| (named(from), named(to), transition::percent(measure))).collect()
        };
        let stays = || told(transition.stays().collect());
        flows.push(Flow {
            part: line.part.clone(),
            before: if reshuffled { of_slots(&old) } else { told(starts) },
            after: if reshuffled { of_slots(&new) } else { told(ends) },
            moves: if reshuffled { Vec::new() } else { moves() },
            stays: if reshuffled { Vec::new() } else { stays() },
            ramp: lines().find_map(|line| line.ramp),
            remembered: lines().any(|line| line.remembered),
            reshuffled,
        });
    }
    flows
}

/// What a part gives to its units before and after.
fn served(
    (before, counterparts): (&State, &Counterparts<'_>),
    after: &State,
    part: &StatePart,
    default: &str,
    now: Timestamp,
) -> Option<[Served; 2]> {
    let (old, new) = match part {
        StatePart::Pinned => {
            return Some([before.pinned.as_deref()?, after.pinned.as_deref()?].map(Served::fixed));
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
        Served { allocation: planner.current_allocation(&old.0)?, entry: old_entry, outside: old.1 },
        Served { allocation: target(&new.0), entry: new_entry, outside: new.1 },
    ])
}

/// The shares of those who enter.
fn of_slots(served: &Served) -> Vec<(String, f64)> {
    let shares = allocation::shares(&served.allocation).into_iter().filter(|(_, slots)| *slots > 0);
    shares.map(|(name, slots)| (name, Percent::of_slots(slots).0)).collect()
}
