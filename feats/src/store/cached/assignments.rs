//! Assignments, which are kept because the first writer wins.

use async_trait::async_trait;

use super::Cached;
use super::cache::{Read, Start};
use super::choices::{self, UnitKey};
use crate::error::Result;
use crate::store::{Assignment, AssignmentOutcome, Assignments, Scan, wrapped};

impl Cached {
    /// Returns the assignments of the inner store, whose epoch was verified recently.
    async fn verified(&self) -> Result<&dyn Assignments> {
        let inner = wrapped::assignments(&*self.inner)?;
        self.choices.verify(inner.epoch()).await;
        Ok(inner)
    }

    /// Keeps the winner of an assignment.
    fn keep_winner(&self, key: &UnitKey, winner: &str, start: Start) {
        if let Some(kept) = choices::keep(key, Some(winner), self.negative) {
            self.choices.insert(key, kept, start);
        }
    }
}

#[async_trait]
impl Assignments for Cached {
    fn name(&self) -> String {
        self.inner.assignments().map(Assignments::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        let epoch = wrapped::assignments(&*self.inner)?.epoch().await?;
        self.choices.observe(&epoch);
        Ok(epoch)
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        let inner = self.verified().await?;
        let key = (experiment.to_owned(), unit.to_owned());
        if let Some(Some(winner)) = self.choices.get(&key) {
            return Ok(winner.as_ref().to_owned());
        }
        let start = self.choices.start();
        // If this call fails or is cancelled, it is unknown whether the unit is assigned.
        self.choices.remove(&key);
        let winner = inner.assign(experiment, unit, choice).await?;
        self.keep_winner(&key, &winner, start);
        Ok(winner)
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        let inner = self.verified().await?;
        let start = self.choices.start();
        let (mut known, mut unknown) = (Vec::with_capacity(units.len()), Vec::new());
        for (unit, choice) in units {
            let key = (experiment.to_owned(), unit.clone());
            let winner = self.choices.get(&key).flatten();
            if winner.is_none() {
                self.choices.remove(&key);
                unknown.push((unit.clone(), choice.clone()));
            }
            known.push(winner.map(|winner| AssignmentOutcome { choice: winner.as_ref().to_owned(), first: false }));
        }
        if unknown.is_empty() {
            return Ok(known.into_iter().flatten().collect());
        }
        let outcomes = inner.assign_many(experiment, &unknown).await?;
        for ((unit, _), outcome) in unknown.into_iter().zip(&outcomes) {
            self.keep_winner(&(experiment.to_owned(), unit), &outcome.choice, start);
        }
        let mut outcomes = outcomes.into_iter();
        Ok(known.into_iter().filter_map(|known| known.or_else(|| outcomes.next())).collect())
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let inner = self.verified().await?;
        let key = (experiment.to_owned(), unit.to_owned());
        let keep = |choice: &Option<String>| choices::keep(&key, choice.as_deref(), self.negative);
        Ok(match self.choices.get_or_read(&key, inner.assigned(experiment, unit), keep).await? {
            Read::Cached(choice) => choice.map(|choice| choice.as_ref().to_owned()),
            Read::Fresh(choice) => choice,
        })
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        wrapped::assignments(&*self.inner)?.scan(after, limit).await
    }
}
