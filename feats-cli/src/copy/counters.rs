//! The copy of counters: a group that the target lacks is added, and others are compared.

use std::collections::BTreeMap;

use feats::store::{CounterGroup, Counters, Scan};

use super::differences::Differences;
use crate::failure::Result;
use crate::output::Progress;

/// The number of groups of counters in one page.
const PAGE_SIZE: usize = 500;

/// The numbers of groups of counters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CounterCounts {
    pub(crate) copied: u64,
    /// The groups that the target had before.
    pub(crate) present: u64,
}

/// Copies all groups of counters, or counts them without a target.
pub(super) async fn copy(
    source: &dyn Counters,
    target: Option<&dyn Counters>,
    differences: &mut Differences,
    progress: &Progress,
) -> Result<CounterCounts> {
    let mut counts = CounterCounts::default();
    let mut after = None;
    loop {
        let Scan { entries, next } = source.scan(after.as_deref(), PAGE_SIZE).await?;
        progress.add_steps(entries.len());
        // A page can have a group twice.
        let mut by_kind: BTreeMap<String, BTreeMap<String, CounterGroup>> = BTreeMap::new();
        for group in entries {
            by_kind.entry(group.kind.clone()).or_default().insert(group.key.clone(), group);
        }
        for (kind, groups) in by_kind {
            groups.iter().for_each(|_| progress.step());
            match target {
                None => counts.copied += groups.len() as u64,
                Some(target) => add(target, &kind, groups, &mut counts, differences).await?,
            }
        }
        match next {
            Some(next) => after = Some(next),
            None => return Ok(counts),
        }
    }
}

async fn add(
    target: &dyn Counters,
    kind: &str,
    groups: BTreeMap<String, CounterGroup>,
    counts: &mut CounterCounts,
    differences: &mut Differences,
) -> Result<()> {
    let keys: Vec<String> = groups.keys().cloned().collect();
    let existing = target.read_many(kind, &keys, None).await?;
    for (group, existing) in groups.values().zip(&existing) {
        match existing.is_empty() {
            true => {
                target.add(kind, &group.key, &group.counts, group.ttl).await?;
                counts.copied += 1;
            }
            false => counts.present += 1,
        }
    }
    let now = target.read_many(kind, &keys, None).await?;
    for (group, now) in groups.values().zip(now) {
        // A group that expires during the copy may be gone.
        if now != group.counts && !(now.is_empty() && group.ttl.is_some()) {
            let key = group.key.replace('\u{1f}', ", seed ");
            differences.push(|| format!("the counters {kind} of {key} differ, and are left as they are in the target"));
        }
    }
    Ok(())
}
