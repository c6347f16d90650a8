//! Assignments.

use std::collections::{BTreeMap, HashMap};

use super::error::Failure;
use super::session::Session;
use super::value::{MAX_ROWS, Value, damaged, numbered, page_limit};
use crate::error::{Error, ErrorKind};
use crate::store::scan::{NamePosition, encode_position};
use crate::store::{Assignment, AssignmentOutcome, Scan};

/// The maximum length of a name: 200 characters.
const MAX_NAME_BYTES: usize = 800;

/// Assigns all units, atomically. A token marks the rows that this call wrote: concurrent calls may assign the same
/// choice.
pub(super) async fn assign(
    session: &mut Session,
    experiment: &str,
    units: &[(String, String)],
) -> Result<Vec<AssignmentOutcome>, Failure> {
    // Sorted, so that concurrent calls lock the rows in the same order. The first choice of a unit counts.
    let mut wanted: BTreeMap<&str, &str> = BTreeMap::new();
    for (unit, choice) in units {
        check_names([experiment, unit, choice])?;
        wanted.entry(unit).or_insert(choice);
    }
    let wanted = Vec::from_iter(wanted);
    let token = i64::from_ne_bytes(fastrand::u64(..).to_ne_bytes());
    let mut winners: HashMap<String, AssignmentOutcome> = HashMap::with_capacity(wanted.len());
    // One statement needs no transaction.
    let is_transaction = wanted.len() > MAX_ROWS;
    if is_transaction {
        session.begin().await?;
    }
    for part in wanted.chunks(MAX_ROWS) {
        let mut values = vec![experiment.into(), token.into()];
        let rows = numbered(part, 3, 2, |n| format!("($1, ${n}, ${}, $2)", n + 1));
        values.extend(part.iter().flat_map(|(unit, choice)| [Value::Text(unit), Value::Text(choice)]));
        let insert = format!("@insert_new(~assignments (experiment, unit, choice, token) VALUES {rows})");
        session.execute_list(&insert, &values).await?;

        let mut values = vec![experiment.into()];
        values.extend(part.iter().map(|(unit, _)| Value::Text(unit)));
        let list = numbered(part, 2, 1, |n| format!("${n}"));
        let select = format!("SELECT unit, choice, token FROM ~assignments WHERE experiment = $1 AND unit IN ({list})");
        for mut row in session.fetch_list(&select, &values).await? {
            let outcome = AssignmentOutcome { choice: row.text(1)?, first: row.integer(2)? == token };
            winners.insert(row.text(0)?, outcome);
        }
    }
    if is_transaction {
        session.commit().await?;
    }
    let outcomes = units.iter().map(|(unit, _)| {
        let winner = winners.get_mut(unit).ok_or_else(|| damaged("no row of an assigned unit"))?;
        let outcome = winner.clone();
        winner.first = false;
        Ok(outcome)
    });
    outcomes.collect()
}

/// Checks the lengths of names, which MySQL would shorten.
fn check_names(names: [&str; 3]) -> Result<(), Failure> {
    if names.into_iter().all(|name| name.len() <= MAX_NAME_BYTES) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::TooLarge, format!("a name has more than {MAX_NAME_BYTES} bytes")).into())
}

pub(super) async fn assigned(session: &mut Session, experiment: &str, unit: &str) -> Result<Option<String>, Failure> {
    let sql = "SELECT choice FROM ~assignments WHERE experiment = $1 AND unit = $2";
    let row = session.fetch_first(sql, &[experiment.into(), unit.into()]).await?;
    row.map(|mut row| row.text(0)).transpose()
}

pub(super) async fn scan(
    session: &mut Session,
    after: Option<&NamePosition>,
    limit: usize,
) -> Result<Scan<Assignment>, Failure> {
    let limit = page_limit(limit);
    let (experiment, unit) = after.map_or(("", ""), |(experiment, unit)| (experiment, unit));
    let sql = "SELECT experiment, unit, choice FROM ~assignments
        WHERE experiment >= $1 AND (experiment > $1 OR unit > $2) ORDER BY experiment, unit LIMIT $3";
    let rows = session.fetch(sql, &[experiment.into(), unit.into(), limit.into()]).await?;
    let entries = rows
        .into_iter()
        .map(|mut row| Ok(Assignment { experiment: row.text(0)?, unit: row.text(1)?, choice: row.text(2)? }));
    let entries = entries.collect::<Result<Vec<_>, Failure>>()?;
    let is_last = i64::try_from(entries.len()).unwrap_or(i64::MAX) < limit;
    let last = entries.last().filter(|_| !is_last);
    let next = last.map(|last| encode_position(&(last.experiment.clone(), last.unit.clone())));
    Ok(Scan { entries, next })
}
