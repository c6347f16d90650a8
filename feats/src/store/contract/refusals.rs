//! Writes of a store that can only be read: each fails and changes nothing.

use super::case::Violation;
use super::fixture::{CheckResult, ensure, expected, publish, revision, state, whole_history};
use crate::error::Result;
use crate::store::{Assignments, Counters, Record, Records, Store};

const FEATURE: &str = "Feature";

/// Checks that `reader` refuses every write to the data of `writer`.
///
/// # Errors
/// A write of the reader succeeded, or it changed something.
pub(super) async fn check(writer: &dyn Store, reader: &dyn Store) -> Result<(), Violation> {
    Violation::check("refusals", "every write of a reader fails and changes nothing", async {
        refused_appends(writer, reader).await?;
        if let (Some(writer), Some(reader)) = (writer.records(), reader.records()) {
            refused_puts(writer, reader).await?;
        }
        if let (Some(writer), Some(reader)) = (writer.counters(), reader.counters()) {
            refused_additions(writer, reader).await?;
        }
        if let (Some(writer), Some(reader)) = (writer.assignments(), reader.assignments()) {
            refused_assignments(writer, reader).await?;
        }
        Ok(())
    })
    .await
}

async fn refused_appends(writer: &dyn Store, reader: &dyn Store) -> CheckResult {
    let first = publish(writer, FEATURE, &state(1)).await?;
    let second = revision(FEATURE, Some(&first), Some(&state(2)))?;
    ensure_refused("append", reader.append(expected(Some(&first)), &second).await)?;
    let other = revision("Other", None, Some(&state(3)))?;
    ensure_refused("append", reader.append(expected(None), &other).await)?;
    let history = whole_history(writer, FEATURE).await?;
    let versions = writer.versions().await?;
    let is_unchanged = history == [first] && versions == [(FEATURE.to_owned(), 1)];
    ensure!(is_unchanged, "after refused appends the history is {history:?}, and the versions are {versions:?}");
    Ok(())
}

async fn refused_puts(writer: &dyn Records, reader: &dyn Records) -> CheckResult {
    writer.put("kind", "key", b"1", None).await?;
    for key in ["key", "other"] {
        ensure_refused("put", reader.put("kind", key, b"2", None).await)?;
    }
    let records = writer.list("kind").await?;
    let expected = [Record { key: "key".to_owned(), bytes: b"1".to_vec() }];
    ensure!(records == expected, "after refused puts the records are {records:?}");
    Ok(())
}

async fn refused_additions(writer: &dyn Counters, reader: &dyn Counters) -> CheckResult {
    let one = [("n".to_owned(), 1)];
    writer.add("kind", "key", &one, None).await?;
    for key in ["key", "other"] {
        ensure_refused("addition", reader.add("kind", key, &one, None).await)?;
    }
    let counts = writer.read_many("kind", &["key", "other"].map(str::to_owned), None).await?;
    ensure!(counts == [one.to_vec(), Vec::new()], "after refused additions the counters are {counts:?}");
    Ok(())
}

async fn refused_assignments(writer: &dyn Assignments, reader: &dyn Assignments) -> CheckResult {
    ensure_refused("assignment", reader.assign("experiment", "one", "choice").await)?;
    let unit = ("two".to_owned(), "choice".to_owned());
    ensure_refused("batch of assignments", reader.assign_many("experiment", &[unit]).await)?;
    for unit in ["one", "two"] {
        let assigned = writer.assigned("experiment", unit).await?;
        ensure!(assigned.is_none(), "after a refused assignment, unit {unit:?} is assigned to {assigned:?}");
    }
    Ok(())
}

fn ensure_refused<T>(write: &str, outcome: Result<T>) -> CheckResult {
    ensure!(outcome.is_err(), "the reader accepted this write: {write}");
    Ok(())
}
