//! Assignments in memory.

use async_trait::async_trait;
use dashmap::Entry;

use super::Memory;
use super::data::Shared;
use super::scan::page_of;
use crate::error::Result;
use crate::store::{Assignment, AssignmentOutcome, Assignments, Scan, Store};

#[async_trait]
impl Assignments for Memory {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        Ok(self.0.assign(experiment, unit, choice).choice)
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        Ok(units.iter().map(|(unit, choice)| self.0.assign(experiment, unit, choice)).collect())
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let id = (experiment.to_owned(), unit.to_owned());
        Ok(self.0.assignments.get(&id).map(|choice| choice.clone()))
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        let page = page_of(&self.0.assignments, after, limit)?;
        Ok(page.map(|(experiment, unit), choice| Some(Assignment { experiment, unit, choice: choice.clone() })))
    }
}

impl Shared {
    fn assign(&self, experiment: &str, unit: &str, choice: &str) -> AssignmentOutcome {
        match self.assignments.entry((experiment.to_owned(), unit.to_owned())) {
            Entry::Occupied(winner) => AssignmentOutcome { choice: winner.get().clone(), first: false },
            Entry::Vacant(vacant) => {
                AssignmentOutcome { choice: vacant.insert(choice.to_owned()).clone(), first: true }
            }
        }
    }
}
