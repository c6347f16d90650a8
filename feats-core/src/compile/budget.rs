//! What one state may cost in all, beside the limit of each of its lists.

use crate::error::grouped;
use crate::model::limits::{MAX_CONDITIONS, MAX_OPERAND_BYTES, MAX_SLOT_RANGES, MAX_STATE_VALUES};

/// What a state spends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// Checks and groups of checks.
    Conditions,
    /// Values of lists: of overrides, and of the operators `in` and `not_in`.
    Values,
    /// Bytes of operands.
    OperandBytes,
    /// Runs of slots, weights, and ranges that an experiment has reassigned.
    SlotRanges,
}

/// What is left of each; `None` once it is used up.
pub(super) struct Budget([Option<usize>; Cost::ALL.len()]);

impl Cost {
    const ALL: [Self; 4] = [Cost::Conditions, Cost::Values, Cost::OperandBytes, Cost::SlotRanges];

    fn limit(self) -> usize {
        match self {
            Cost::Conditions => MAX_CONDITIONS,
            Cost::Values => MAX_STATE_VALUES,
            Cost::OperandBytes => MAX_OPERAND_BYTES,
            Cost::SlotRanges => MAX_SLOT_RANGES,
        }
    }

    fn refusal(self) -> String {
        let limit = grouped(self.limit());
        match self {
            Cost::Conditions => {
                format!("a state has at most {limit} conditions in all; list values with in, or split the feature")
            }
            Cost::Values => {
                format!("a state lists at most {limit} values in all; put the audience into a segment of its own")
            }
            Cost::OperandBytes => {
                format!("the operands of a state have at most {limit} bytes in all; put the audience into a segment")
            }
            Cost::SlotRanges => format!(
                "a state has at most {limit} weights and ranges of slots in all; give the rollout a new seed, or split it"
            ),
        }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self(Cost::ALL.map(|cost| Some(cost.limit())))
    }
}

impl Budget {
    /// Takes an amount. `Ok(None)` where an earlier amount was too much already.
    ///
    /// # Errors
    /// What to do, if this amount is the first one that is too much.
    pub(super) fn spend(&mut self, cost: Cost, amount: usize) -> Result<Option<()>, String> {
        let Some(left) = self.0.get_mut(cost as usize) else { return Ok(None) };
        let Some(before) = *left else { return Ok(None) };
        *left = before.checked_sub(amount);
        if left.is_none() { Err(cost.refusal()) } else { Ok(Some(())) }
    }
}
