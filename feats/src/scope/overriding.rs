//! Overrides of a scope: choices for single features, below an operator's pin and above everything else that a state says.

use std::sync::Arc;

use super::{Scope, View};
use crate::evaluate::{Outcome, Reason};
use crate::runtime::{Live, Snapshot};

/// Choices by a feature's position in one app; another app has other positions.
#[derive(Clone, Debug)]
pub(super) struct Overriding {
    live: Arc<Live>,
    choices: Vec<(usize, u16)>,
}

impl Overriding {
    /// What it makes of a feature, if anything. No state made the choice, so its use is no exposure.
    pub(super) fn outcome(&self, live: &Arc<Live>, snapshot: &Snapshot, position: usize) -> Option<Outcome> {
        let (_, choice) = self.choices.iter().find(|(overridden, _)| *overridden == position)?;
        let holds = Arc::ptr_eq(&self.live, live) && !snapshot.is_pinned(position);
        holds.then(|| Outcome::without_state(*choice, Reason::Override))
    }
}

impl Scope {
    /// The same scope without overrides, also those of the scope around it: what everybody else is given.
    #[must_use]
    pub fn without_overrides(mut self) -> Self {
        let live = self.0.view.as_deref().map(|view| view.live.clone());
        self.0.overriding = live.map(|live| Arc::new(Overriding { live, choices: Vec::new() }));
        self
    }

    /// The same scope, with a choice for the feature at a position; `None` if it is a scope of another app.
    pub(crate) fn with_override(mut self, live: &Arc<Live>, position: usize, choice: u16) -> Option<Self> {
        self.0.view.as_deref().filter(|view: &&View| Arc::ptr_eq(&view.live, live))?;
        let empty = || Overriding { live: live.clone(), choices: Vec::new() };
        let mut overriding = self.0.overriding.take().map_or_else(empty, Arc::unwrap_or_clone);
        overriding.choices.retain(|(overridden, _)| *overridden != position);
        overriding.choices.push((position, choice));
        self.0.overriding = Some(Arc::new(overriding));
        Some(self)
    }
}
