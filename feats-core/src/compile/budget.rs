//! The budget of a state as a whole, in addition to the limits of each list.

use crate::error::grouped;
use crate::model::limits::{MAX_CONDITIONS, MAX_OPERAND_BYTES, MAX_SLOT_RANGES, MAX_STATE_VALUES};

/// A kind of cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// Conditions, groups included.
    Conditions,
    /// Values of lists: of overrides, and of the operators `in` and `not_in`.
    Values,
    /// Bytes of operands.
    OperandBytes,
    /// Slot ranges, weights, and ranges that an experiment has reassigned.
    SlotRanges,
}

/// The remaining budget of each kind; `None` once it is exceeded.
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

    fn exceeded_message(self) -> String {
        let limit = grouped(self.limit());
        match self {
            Cost::Conditions => {
                format!("a state can have at most {limit} conditions; list values with \"in\", or split the feature")
            }
            Cost::Values => {
                format!("a state can list at most {limit} values; define a segment for the audience")
            }
            Cost::OperandBytes => {
                format!("the operands of a state can have at most {limit} bytes; define a segment for the audience")
            }
            Cost::SlotRanges => format!(
                "a state can have at most {limit} weights and slot ranges; give the rollout a new seed, or split the feature"
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
    /// Spends an amount. Returns `Ok(None)` if the budget was exceeded before.
    ///
    /// # Errors
    /// A message that says what to do, if this amount is the first one to exceed the budget.
    pub(super) fn spend(&mut self, cost: Cost, amount: usize) -> Result<Option<()>, String> {
        let Some(left) = self.0.get_mut(cost as usize) else { return Ok(None) };
        let Some(before) = *left else { return Ok(None) };
        *left = before.checked_sub(amount);
        if left.is_none() { Err(cost.exceeded_message()) } else { Ok(Some(())) }
    }
}
