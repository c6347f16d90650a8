//! Assignments in Redis: spread over all nodes of a cluster.

use std::collections::HashMap;

use async_trait::async_trait;
use redis::{Value, cmd, from_redis_value, pipe};

use super::Redis;
use super::connection::Server;
use super::error::Failure;
use super::scan;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Assignment, AssignmentOutcome, Assignments, Scan, Store};

/// The maximum number of units in one batch.
const MAX_UNITS_PER_CALL: usize = 1_000;

#[async_trait]
impl Assignments for Redis {
    fn name(&self) -> String {
        Store::name(self)
    }

    async fn epoch(&self) -> Result<String> {
        Store::epoch(self).await
    }

    async fn assign(&self, experiment: &str, unit: &str, choice: &str) -> Result<String> {
        Ok(assign(&self.0, experiment, unit, choice).await?.choice)
    }

    async fn assign_many(&self, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
        let mut all = Vec::with_capacity(units.len());
        for units in units.chunks(MAX_UNITS_PER_CALL) {
            all.extend(assign_some(&self.0, experiment, units).await?);
        }
        Ok(all)
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let key = self.0.keys()?.assigned(experiment, unit);
        let mut session = self.0.session_for_key(&key).await?;
        let choice = session.command(cmd("HGET").arg(&key).arg(unit)).await;
        session.finish(choice).await
    }

    async fn scan(&self, after: Option<&str>, limit: usize) -> Result<Scan<Assignment>> {
        scan::assignments(&self.0, after, limit).await
    }
}

async fn assign(server: &Server, experiment: &str, unit: &str, choice: &str) -> Result<AssignmentOutcome> {
    let key = server.keys()?.assigned(experiment, unit);
    let mut session = server.session_for_key(&key).await?;
    let assigned = async {
        let first: bool = session.command(cmd("HSETNX").arg(&key).arg(unit).arg(choice)).await?;
        let winner: Option<String> = session.command(cmd("HGET").arg(&key).arg(unit)).await?;
        Ok(AssignmentOutcome { choice: winner.ok_or_else(emptied_during_write)?, first })
    };
    let assigned = assigned.await;
    session.finish(assigned).await
}

/// Assigns units with one round trip to each node that stores some of them.
async fn assign_some(server: &Server, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
    let keys = server.keys()?;
    let mut by_node: HashMap<_, Vec<(usize, String)>> = HashMap::new();
    for (index, (unit, _)) in units.iter().enumerate() {
        let key = keys.assigned(experiment, unit);
        by_node.entry(server.node_of(&key).await?).or_default().push((index, key));
    }
    let mut outcomes = vec![None; units.len()];
    for assigned in by_node.into_values() {
        let Some((_, key)) = assigned.first() else { continue };
        let mut session = server.session_for_key(key).await?;
        let mut commands = pipe();
        for (index, key) in &assigned {
            let Some((unit, choice)) = units.get(*index) else { continue };
            commands.cmd("HSETNX").arg(key).arg(unit).arg(choice);
            commands.cmd("HGET").arg(key).arg(unit);
        }
        let answers = session.pipeline(&commands).await;
        let answers = session.finish(answers).await?;
        for ((index, _), answer) in assigned.iter().zip(answers.chunks_exact(2)) {
            if let ([first, winner], Some(outcome)) = (answer, outcomes.get_mut(*index)) {
                *outcome = parse_outcome(first, winner);
            }
        }
    }
    let mut all = Vec::with_capacity(units.len());
    for ((unit, choice), outcome) in units.iter().zip(outcomes) {
        all.push(match outcome {
            Some(assigned) => assigned,
            // The slot is being moved, or there is an error. A single command follows redirections, and returns the error.
            None => assign(server, experiment, unit, choice).await?,
        });
    }
    Ok(all)
}

fn parse_outcome(first: &Value, winner: &Value) -> Option<AssignmentOutcome> {
    let first = from_redis_value(first.clone()).ok()?;
    Some(AssignmentOutcome { choice: from_redis_value::<Option<String>>(winner.clone()).ok()??, first })
}

fn emptied_during_write() -> Failure {
    Error::new(ErrorKind::Unavailable, "the store was emptied while it was written").into()
}
