//! The form of a gate, without its conditions, which are rows like those of a rule.

use feats::model::{Condition, DISABLED, ENABLED, Gate, MissingAttribute, State};

use crate::fields::Fields;

/// What a gate serves, and the meaning of a missing attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GateForm {
    pub(crate) missing: MissingAttribute,
    /// What is served where the conditions are met; if empty, the next rule is tried.
    pub(crate) pass: String,
    /// What is served where a condition is violated.
    pub(crate) fail: String,
}

impl GateForm {
    pub(crate) fn new(gate: &Gate) -> Self {
        Self { missing: gate.missing, pass: gate.pass.clone().unwrap_or_default(), fail: gate.fail.clone() }
    }

    pub(crate) fn parse(fields: &Fields) -> Self {
        Self {
            missing: MissingAttribute::from_name(fields.get("r.missing")).unwrap_or_default(),
            pass: fields.get("r.pass").to_owned(),
            fail: fields.get("r.fail").to_owned(),
        }
    }

    pub(crate) fn gate(&self, conditions: Vec<Condition>) -> Gate {
        let mut gate = Gate::new(Some(self.pass.as_str()).filter(|pass| !pass.is_empty()), &self.fail);
        (gate.conditions, gate.missing) = (conditions, self.missing);
        gate
    }
}

/// Creates the gate of a flag that has no conditions yet. As for conditions that a program adds, a flag with variants continues with
/// its other rules where they are met.
pub(crate) fn new_gate(state: &State) -> Gate {
    Gate::new(state.values.is_empty().then_some(ENABLED), DISABLED)
}
