//! Assignments: the primary decides the winner, and the replicas receive it.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::task::JoinSet;

use super::Replicated;
use super::member::Member;
use crate::error::Result;
use crate::store::{Assignment, AssignmentOutcome, Assignments, Scan, wrapped};

/// The winners of an experiment, as pairs of unit and choice.
type Winners = Arc<(String, Vec<(String, String)>)>;

impl Replicated {
    /// Writes winners to the replicas, at the same time.
    async fn mirror(&self, experiment: &str, winners: Vec<(String, String)>) {
        let winners: Winners = Arc::new((experiment.to_owned(), winners));
        let mut running = JoinSet::new();
        for member in self.replicas.iter().filter(|member| member.store().assignments().is_some()) {
            let (member, winners) = (Arc::clone(member), Arc::clone(&winners));
            if !self.in_background {
                running.spawn(async move { member.mirror(&winners).await });
            } else if member.start_mirroring() {
                let task = Mirroring(member);
                tokio::spawn(async move { task.0.mirror(&winners).await });
            } else {
                member.count_missed_assignments(winners.1.len());
            }
        }
        while running.join_next().await.is_some() {}
    }
}

impl Member {
    async fn mirror(&self, winners: &Winners) {
        let Some(assignments) = self.store().assignments() else { return };
        let (experiment, winners) = &**winners;
        let mirrored = Self::within_timeout(assignments.assign_many(experiment, winners)).await;
        let missed = match &mirrored {
            Ok(outcomes) => {
                let pairs = outcomes.iter().zip(winners);
                pairs.filter(|(outcome, (_, winner))| outcome.choice != *winner).count()
            }
            Err(_) => winners.len(),
        };
        self.count_missed_assignments(missed);
        self.report(mirrored.as_ref().err());
    }
}

/// A task that writes assignments to a replica. If its runtime ends, others can start.
struct Mirroring(Arc<Member>);

impl Drop for Mirroring {
    fn drop(&mut self) {
        self.0.end_mirroring();
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
        self.mirror(experiment, vec![(unit.to_owned(), winner.clone())]).await;
        Ok(winner)
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        let outcomes = wrapped::assignments(&*self.primary)?.assign_many(experiment, units).await?;
        let winners = units.iter().zip(&outcomes).map(|((unit, _), outcome)| (unit.clone(), outcome.choice.clone()));
        self.mirror(experiment, winners.collect()).await;
        Ok(outcomes)
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        wrapped::assignments(&*self.primary)?.assigned(experiment, unit).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        wrapped::assignments(&*self.primary)?.scan(after, limit).await
    }
}
