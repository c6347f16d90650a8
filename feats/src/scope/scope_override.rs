//! Overrides of a scope: choices for single features. An operator's pin takes precedence over them; they take precedence over the
//! rest of the state.

use std::sync::Arc;

use crate::evaluate::{Outcome, Reason};
use crate::runtime::{Snapshot, SnapshotCell};

/// The choices by the position of the feature in one app. Other apps have other positions.
#[derive(Clone, Debug)]
pub(super) struct ScopeOverride {
    app: Arc<SnapshotCell>,
    choices: Vec<(usize, ScopeChoice)>,
}

/// The choice of an override for one feature.
#[derive(Clone, Debug)]
pub(crate) enum ScopeChoice {
    /// The position of an implementation of a feature that code declares.
    Declared(u16),
    /// The name of a choice of any other feature, whose positions change with its state, and the position without a state.
    Named(Arc<str>, Option<u16>),
}

impl ScopeChoice {
    /// Returns the position among the choices of the revision that decides; `None` if it has no such choice.
    fn position(&self, snapshot: &Snapshot, feature: usize) -> Option<u16> {
        let route = || snapshot.revision(feature)?.route.as_ref();
        match self {
            ScopeChoice::Declared(position) => Some(*position),
            ScopeChoice::Named(name, declared) => route().map_or(*declared, |route| route.choices().position(name)),
        }
    }
}

impl ScopeOverride {
    /// Creates an override without choices for an app.
    pub(super) fn none(app: Arc<SnapshotCell>) -> Self {
        Self { app, choices: Vec::new() }
    }

    /// Sets the choice for the feature at a position.
    pub(super) fn set(&mut self, position: usize, choice: ScopeChoice) {
        self.choices.retain(|(feature, _)| *feature != position);
        self.choices.push((position, choice));
    }

    /// Returns the outcome for a feature, if the override applies to it. No state decided, so using the choice is not an exposure.
    pub(super) fn outcome(&self, app: &Arc<SnapshotCell>, snapshot: &Snapshot, position: usize) -> Option<Outcome> {
        let (_, choice) = self.choices.iter().find(|(feature, _)| *feature == position)?;
        let applies = Arc::ptr_eq(&self.app, app) && !snapshot.is_pinned(position);
        let choice = if applies { choice.position(snapshot, position)? } else { return None };
        Some(Outcome::without_state(choice, Reason::Override))
    }
}
