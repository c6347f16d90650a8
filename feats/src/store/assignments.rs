//! Assignments: which implementation each unit of an experiment used first, and keeps.

use async_trait::async_trait;

use crate::error::Result;

/// The choices of the units of experiments: the first writer wins. A capability of a [store](super::Store::assignments).
///
/// Experiments and units are any text without NUL, up to 200 characters; two of them are the same if their bytes are. The
/// name of an experiment is made of its feature and its seed; for a store it is a name like any other.
///
/// Only experiments need assignments: a unit keeps what it used first, whatever happens to the weights. Without them, an app
/// publishes no experiment.
#[async_trait]
pub trait Assignments: Send + Sync {
    /// The store that keeps the assignments, as it may be shown in messages: without secrets.
    fn name(&self) -> String;

    /// The [epoch](super::Store::epoch) of that store: another one after it was emptied, or restored from an older copy.
    /// Apps then assign every unit again that goes on using its experiment.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn epoch(&self) -> Result<String>;

    /// Assigns a unit of an experiment to a choice, unless it is assigned already. Returns the choice that the unit has
    /// now.
    ///
    /// # Errors
    /// The store cannot be written.
    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String>;

    /// Assigns units of an experiment, given as pairs of unit and choice. The outcomes are in the same order: those of
    /// [`assign`](Self::assign) for one pair after the other, with fewer round trips where a store can, and whether it was
    /// this call that assigned the unit.
    ///
    /// The default makes two calls for each unit, and if two programs assign a unit to the same choice at the same
    /// moment, both may be told that they were the first. A store that can do better does.
    ///
    /// # Errors
    /// The store cannot be written. Some of the units may be assigned then; trying again is safe, but reports them as
    /// assigned before.
    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        let mut all = Vec::with_capacity(units.len());
        for (unit, choice) in units {
            let before = self.assigned(experiment, unit).await?;
            let winner = self.assign(experiment, unit, choice).await?;
            all.push(AssignmentOutcome { first: before.is_none() && winner == *choice, choice: winner });
        }
        Ok(all)
    }

    /// The choice that a unit of an experiment is assigned to.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>>;
}

/// The outcome of the assignment of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentOutcome {
    /// The choice that the unit is assigned to.
    pub choice: String,
    /// Whether this call assigned it.
    pub first: bool,
}
