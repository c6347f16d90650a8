//! The copy of assignments, in which the first writer wins.

use std::collections::BTreeMap;

use feats::store::{Assignments, Scan};

use super::differences::Differences;
use crate::failure::Result;
use crate::output::Progress;

/// The number of assignments in one page.
const PAGE_SIZE: usize = 1_000;

/// The numbers of assignments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AssignmentCounts {
    pub(crate) copied: u64,
    /// The assignments that the target had before.
    pub(crate) present: u64,
}

/// Copies all assignments, or counts them without a target.
pub(super) async fn copy(
    source: &dyn Assignments,
    target: Option<&dyn Assignments>,
    differences: &mut Differences,
    progress: &Progress,
) -> Result<AssignmentCounts> {
    let mut counts = AssignmentCounts::default();
    let mut after = None;
    loop {
        let Scan { entries, next } = source.scan(after.as_deref(), PAGE_SIZE).await?;
        progress.add_steps(entries.len());
        let mut by_experiment: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for assignment in entries {
            by_experiment.entry(assignment.experiment).or_default().push((assignment.unit, assignment.choice));
        }
        for (experiment, units) in by_experiment {
            match target {
                None => counts.copied += units.len() as u64,
                Some(target) => assign(target, &experiment, &units, &mut counts, differences).await?,
            }
            units.iter().for_each(|_| progress.step());
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(counts),
        }
    }
}

async fn assign(
    target: &dyn Assignments,
    experiment: &str,
    units: &[(String, String)],
    counts: &mut AssignmentCounts,
    differences: &mut Differences,
) -> Result<()> {
    let outcomes = target.assign_many(experiment, units).await?;
    for ((unit, choice), outcome) in units.iter().zip(outcomes) {
        match outcome.first {
            true => counts.copied += 1,
            false => counts.present += 1,
        }
        if outcome.choice != *choice {
            differences.push(|| {
                let experiment = experiment.replace('\u{1f}', ", seed ");
                let existing = &outcome.choice;
                format!("unit {unit:?} of {experiment} has {existing:?} in the target, and {choice:?} in the source")
            });
        }
    }
    Ok(())
}
