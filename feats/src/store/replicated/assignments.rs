//! Assignments: the primary decides the winner, and the replicas receive it.

use async_trait::async_trait;

use super::Replicated;
use super::member::Member;
use crate::error::Result;
use crate::store::{Assignment, AssignmentOutcome, Assignments, Scan, wrapped};

impl Replicated {
    /// Writes the winners of an experiment to the replicas, given as pairs of unit and choice.
    async fn mirror(&self, experiment: &str, winners: &[(String, String)]) {
        for member in self.replicas.iter() {
            let Some(assignments) = member.store().assignments() else { continue };
            let mirrored = Member::within_timeout(assignments.assign_many(experiment, winners)).await;
            let missed = match &mirrored {
                Ok(outcomes) => {
                    let pairs = outcomes.iter().zip(winners);
                    pairs.filter(|(outcome, (_, winner))| outcome.choice != *winner).count()
                }
                Err(_) => winners.len(),
            };
            member.count_missed_assignments(missed);
            member.report(mirrored.as_ref().err());
        }
    }
}

#[async_trait]
impl Assignments for Replicated {
    fn name(&self) -> String {
        self.primary.assignments().map(Assignments::name).unwrap_or_default()
    }

    async fn epoch(&self) -> Result<String> {
        wrapped::assignments(&*self.primary)?.epoch().await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        let winner = wrapped::assignments(&*self.primary)?.assign(experiment, unit, choice).await?;
        self.mirror(experiment, &[(unit.to_owned(), winner.clone())]).await;
        Ok(winner)
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        let outcomes = wrapped::assignments(&*self.primary)?.assign_many(experiment, units).await?;
        let winners = units.iter().zip(&outcomes).map(|((unit, _), outcome)| (unit.clone(), outcome.choice.clone()));
        self.mirror(experiment, &winners.collect::<Vec<_>>()).await;
        Ok(outcomes)
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        wrapped::assignments(&*self.primary)?.assigned(experiment, unit).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        wrapped::assignments(&*self.primary)?.scan(after, limit).await
    }
}
