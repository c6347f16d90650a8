//! Overrides of a scope: choices for single features. An operator's pin takes precedence over them; they take precedence over the
//! rest of the state.

use std::sync::Arc;

use crate::evaluate::{Outcome, Reason};
use crate::runtime::{Snapshot, SnapshotCell};

/// The choices by the position of the feature in one app. Other apps have other positions.
#[derive(Clone, Debug)]
pub(super) struct ScopeOverride {
    app: Arc<SnapshotCell>,
    choices: Vec<(usize, u16)>,
}

impl ScopeOverride {
    /// Creates an override without choices for an app.
    pub(super) fn none(app: Arc<SnapshotCell>) -> Self {
        Self { app, choices: Vec::new() }
    }

    /// Sets the choice for the feature at a position.
    pub(super) fn set(&mut self, position: usize, choice: u16) {
        self.choices.retain(|(feature, _)| *feature != position);
        self.choices.push((position, choice));
    }

    /// Returns the outcome for a feature, if the override applies to it. No state decided, so using the choice is not an exposure.
    pub(super) fn outcome(&self, app: &Arc<SnapshotCell>, snapshot: &Snapshot, position: usize) -> Option<Outcome> {
        let (_, choice) = self.choices.iter().find(|(feature, _)| *feature == position)?;
        let applies = Arc::ptr_eq(&self.app, app) && !snapshot.is_pinned(position);
        applies.then(|| Outcome::without_state(*choice, Reason::Override))
    }
}
