//! The copy of a store: revisions, assignments and counters.
//!
//! [`plan`] reads both stores and lists every problem before anything is written. [`run`] then only appends what the target lacks,
//! so an interrupted copy continues when it is run again.

mod assignments;
mod counters;
mod differences;
mod history;
mod revisions;
#[cfg(test)]
mod tests;

use feats::store::Store;

pub(crate) use self::assignments::AssignmentCounts;
pub(crate) use self::counters::CounterCounts;
pub(crate) use self::differences::Differences;
pub(crate) use self::revisions::{Plan, RevisionCounts, plan};

use crate::failure::{Failure, Result};
use crate::output::Output;

/// What was copied, or would be.
#[derive(Default)]
pub(crate) struct Copied {
    pub(crate) revisions: RevisionCounts,
    /// `None` if the source or the target has no assignments.
    pub(crate) assignments: Option<AssignmentCounts>,
    /// `None` if the source or the target has no counters.
    pub(crate) counters: Option<CounterCounts>,
    pub(crate) differences: Differences,
    /// What the target cannot keep, or the source does not have.
    pub(crate) notes: Vec<String>,
    /// `true` if the source has data that the target cannot keep.
    pub(crate) is_partial: bool,
}

/// Copies what the target lacks, and verifies it. With `dry_run`, only counts it.
///
/// # Errors
/// A store cannot be used, or has changed in a way that the copy cannot follow. Running the copy again continues.
pub(crate) async fn run(
    source: &dyn Store,
    target: &dyn Store,
    plan: Plan,
    output: Output,
    dry_run: bool,
) -> Result<Copied> {
    let revisions = match dry_run {
        true => plan.counts(),
        false => revisions::copy(source, target, plan, output).await?,
    };
    let mut copied = Copied { revisions, ..Copied::default() };
    let step = |what| output.progress(what, 0);
    match (source.assignments(), target.assignments()) {
        (Some(from), Some(to)) => {
            let to = (!dry_run).then_some(to);
            let progress = step("Copying assignments");
            copied.assignments = Some(assignments::copy(from, to, &mut copied.differences, &progress).await?);
        }
        (Some(from), None) => {
            let first = from.scan(None, 1).await?;
            copied.cannot_keep("assignments", !first.entries.is_empty() || first.next.is_some());
        }
        (None, Some(_)) => {
            copied.notes.push("the source has no assignments; those of the target are not changed".to_owned())
        }
        (None, None) => {}
    }
    match (source.counters(), target.counters()) {
        (Some(from), Some(to)) => {
            let progress = step("Copying counters");
            let to_write = (!dry_run).then_some(to);
            copied.counters = Some(counters::copy(from, to_write, &mut copied.differences, &progress).await?);
        }
        (Some(from), None) => {
            let first = from.scan(None, 1).await?;
            copied.cannot_keep("counters", !first.entries.is_empty() || first.next.is_some());
        }
        (None, Some(_)) => {
            copied.notes.push("the source has no counters; those of the target are not changed".to_owned())
        }
        (None, None) => {}
    }
    Ok(copied)
}

/// Refuses to copy a store to itself.
///
/// # Errors
/// Both handles are on the same data.
pub(crate) fn check_distinct(source: &dyn Store, target: &dyn Store) -> Result<()> {
    match source.data_id() == target.data_id() {
        true => Err(Failure::Usage("the source and the target are the same store".to_owned())),
        false => Ok(()),
    }
}

impl Copied {
    fn cannot_keep(&mut self, what: &str, has_some: bool) {
        self.is_partial |= has_some;
        self.notes.push(match has_some {
            true => format!("the target cannot keep {what}, so they are not copied"),
            false => format!("the target cannot keep {what}; the source has none"),
        });
    }
}
