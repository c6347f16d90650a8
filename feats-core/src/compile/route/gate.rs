//! Compiled gates.

use std::sync::Arc;

use super::matcher::CompiledCondition;
use super::source::Source;
use crate::model::MissingAttribute;

/// A compiled gate.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) checks: Box<[CompiledCondition]>,
    pub(crate) missing: MissingAttribute,
    /// The choice where the checks pass; `None` if the gate does not choose there.
    pub(crate) pass: Option<u16>,
    /// The choice where a check fails.
    pub(crate) fail: u16,
}

impl Gate {
    /// Returns the choice for the results of the checks; `None` if the gate does not choose.
    #[inline]
    pub(crate) fn choose(&self, check: impl Fn(&CompiledCondition) -> Option<bool>) -> Option<u16> {
        let mut has_passed = false;
        for condition in &self.checks {
            match (check(condition), self.missing) {
                (Some(true), _) => has_passed = true,
                (Some(false), _) | (None, MissingAttribute::Fail) => return Some(self.fail),
                (None, MissingAttribute::Skip) => {}
            }
        }
        self.pass.filter(|_| has_passed)
    }

    pub(crate) fn for_each_source(gate: &mut Arc<Self>, visit: &mut dyn FnMut(&mut Source)) {
        let checks = Arc::get_mut(gate).into_iter().flat_map(|gate| &mut gate.checks);
        checks.for_each(|check| check.for_each_source(visit));
    }
}
