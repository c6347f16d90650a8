//! Assignments: the implementation that each unit of an experiment used first and keeps.

use async_trait::async_trait;

use super::scan::{Scan, not_listed};
use crate::error::Result;

/// The sticky assignments of units in experiments, in which the first writer wins. A capability of a
/// [store](super::Store::assignments).
///
/// The names of experiments and units are any text without NUL, up to 200 characters. Two names are equal if their bytes are
/// equal. Apps build the name of an experiment from its feature and its seed; to a store it is an opaque name.
///
/// Only experiments need assignments: a unit keeps the implementation that it used first when weights change. An app whose
/// store does not support them refuses to publish experiments.
#[async_trait]
pub trait Assignments: Send + Sync {
    /// Returns the name for messages of the store that keeps the assignments, without secrets.
    fn name(&self) -> String;

    /// Returns the [epoch](super::Store::epoch) of that store, which changes when the store was emptied or restored from an older
    /// copy. Apps then assign every unit again when it next uses its experiment.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn epoch(&self) -> Result<String>;

    /// Assigns a choice to a unit of an experiment, unless the unit has one already. Returns the choice that the unit now has.
    ///
    /// # Errors
    /// The store cannot be written.
    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String>;

    /// Assigns choices to units of an experiment, given as pairs of unit and choice. Returns the outcomes in the same order, as if
    /// [`assign`](Self::assign) were called for one pair after the other.
    ///
    /// The default implementation makes two calls for each unit. If two programs assign the same choice to a unit
    /// concurrently, both may report that they were first. Override it if the store can batch.
    ///
    /// # Errors
    /// The store cannot be written. Some of the units may have been assigned. A retry is safe, but reports those units as
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

    /// Returns the choice that a unit of an experiment has, or `None`.
    ///
    /// # Errors
    /// The store cannot be read.
    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>>;

    /// Returns a page of all assignments after a position, for copies. `after` is [`Scan::next`] of the previous page, or `None`
    /// for the first one. `limit` is about the number of assignments; a page can be longer, and empty before the last one.
    ///
    /// Every assignment that exists during all calls occurs on one page at least.
    ///
    /// # Errors
    /// - [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if the store cannot list them, as by default.
    /// - [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `after` is not a position of this store.
    /// - Any other kind if the store cannot be read.
    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        let _ = (after, limit);
        Err(not_listed("assignments"))
    }
}

/// An assignment of a unit in an experiment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assignment {
    /// The name of the experiment.
    pub experiment: String,
    /// The unit.
    pub unit: String,
    /// The choice that the unit has.
    pub choice: String,
}

/// The outcome of the assignment of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentOutcome {
    /// The choice that the unit now has.
    pub choice: String,
    /// `true` if this call made the assignment.
    pub first: bool,
}
