//! Assignments in Redis: spread over all nodes of a cluster.

use std::collections::HashMap;

use async_trait::async_trait;
use redis::{Value, cmd, from_redis_value, pipe};

use super::Redis;
use super::connection::Server;
use super::error::Failure;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{AssignmentOutcome, Assignments, Store};

/// How many units are assigned in one go.
const UNITS: usize = 1_000;

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
        for units in units.chunks(UNITS) {
            all.extend(assign_some(&self.0, experiment, units).await?);
        }
        Ok(all)
    }

    async fn assigned(&self, experiment: &str, unit: &str) -> Result<Option<String>> {
        let key = self.0.keys()?.assigned(experiment, unit);
        let mut session = self.0.session_for_key(&key).await?;
        let choice = session.command(cmd("HGET").arg(&key).arg(unit)).await;
        session.settle(choice).await
    }
}

async fn assign(server: &Server, experiment: &str, unit: &str, choice: &str) -> Result<AssignmentOutcome> {
    let key = server.keys()?.assigned(experiment, unit);
    let mut session = server.session_for_key(&key).await?;
    let assigned = async {
        let first: bool = session.command(cmd("HSETNX").arg(&key).arg(unit).arg(choice)).await?;
        let winner: Option<String> = session.command(cmd("HGET").arg(&key).arg(unit)).await?;
        Ok(AssignmentOutcome { choice: winner.ok_or_else(emptied)?, first })
    };
    let assigned = assigned.await;
    session.settle(assigned).await
}

/// Assigns units with one round trip to each node that keeps some of them.
async fn assign_some(server: &Server, experiment: &str, units: &[(String, String)]) -> Result<Vec<AssignmentOutcome>> {
    let keys = server.keys()?;
    let mut by_node: HashMap<_, Vec<(usize, String)>> = HashMap::new();
    for (position, (unit, _)) in units.iter().enumerate() {
        let key = keys.assigned(experiment, unit);
        by_node.entry(server.node_of(&key).await?).or_default().push((position, key));
    }
    let mut answered = vec![None; units.len()];
    for assigned in by_node.into_values() {
        let Some((_, key)) = assigned.first() else { continue };
        let mut session = server.session_for_key(key).await?;
        let mut commands = pipe();
        for (position, key) in &assigned {
            let Some((unit, choice)) = units.get(*position) else { continue };
            commands.cmd("HSETNX").arg(key).arg(unit).arg(choice);
            commands.cmd("HGET").arg(key).arg(unit);
        }
        let answers = session.pipeline(&commands).await;
        let answers = session.settle(answers).await?;
        for ((position, _), answer) in assigned.iter().zip(answers.chunks_exact(2)) {
            if let ([first, winner], Some(place)) = (answer, answered.get_mut(*position)) {
                *place = read_assigned(first, winner);
            }
        }
    }
    let mut all = Vec::with_capacity(units.len());
    for ((unit, choice), answer) in units.iter().zip(answered) {
        all.push(match answer {
            Some(assigned) => assigned,
            // Its slot is on the move, or something is wrong; alone it is followed, or told what.
            None => assign(server, experiment, unit, choice).await?,
        });
    }
    Ok(all)
}

fn read_assigned(first: &Value, winner: &Value) -> Option<AssignmentOutcome> {
    let first = from_redis_value(first.clone()).ok()?;
    Some(AssignmentOutcome { choice: from_redis_value::<Option<String>>(winner.clone()).ok()??, first })
}

fn emptied() -> Failure {
    Error::new(ErrorKind::Unavailable, "the store was emptied while it was written").into()
}
