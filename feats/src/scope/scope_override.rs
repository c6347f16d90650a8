//! Overrides of a scope: choices for single features, below an operator's pin and above everything else that a state says.

use std::sync::Arc;

use crate::evaluate::{Outcome, Reason};
use crate::runtime::{Snapshot, SnapshotCell};

/// Choices by a feature's position in one app; another app has other positions.
#[derive(Clone, Debug)]
pub(super) struct ScopeOverride {
    cell: Arc<SnapshotCell>,
    choices: Vec<(usize, u16)>,
}

impl ScopeOverride {
    /// No choice, for an app.
    pub(super) fn none(live: Arc<SnapshotCell>) -> Self {
        Self { cell: live, choices: Vec::new() }
    }

    /// Chooses for the feature at a position.
    pub(super) fn set(&mut self, position: usize, choice: u16) {
        self.choices.retain(|(overridden, _)| *overridden != position);
        self.choices.push((position, choice));
    }

    /// What it makes of a feature, if anything. No state made the choice, so its use is no exposure.
    pub(super) fn outcome(&self, live: &Arc<SnapshotCell>, snapshot: &Snapshot, position: usize) -> Option<Outcome> {
        let (_, choice) = self.choices.iter().find(|(overridden, _)| *overridden == position)?;
        let holds = Arc::ptr_eq(&self.cell, live) && !snapshot.is_pinned(position);
        holds.then(|| Outcome::without_state(*choice, Reason::Override))
    }
}
