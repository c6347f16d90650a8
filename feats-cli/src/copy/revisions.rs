//! The copy of revisions, byte for byte and in order.

use std::collections::{BTreeMap, BTreeSet};

use feats::store::{AppendOutcome, RevisionStamp, Store};
use feats::text::counted;
use feats::{Error, ErrorKind, Problem, Problems};

use super::history::{follow, read};
use crate::failure::{Failure, Result};
use crate::output::{Output, Progress};

/// The maximum number of times that a copy reads the versions of the source, to follow changes of the source during the copy.
const MAX_ROUNDS: usize = 5;

/// The histories to copy. Those of the target are beginnings of those of the source.
pub(crate) struct Plan {
    epoch: String,
    features: BTreeMap<String, PlannedHistory>,
    except: BTreeSet<String>,
}

struct PlannedHistory {
    /// The newest revision that the target has.
    present: RevisionStamp,
    /// The newest version of the source.
    version: u64,
}

/// The numbers of revisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RevisionCounts {
    pub(crate) features: u64,
    pub(crate) copied: u64,
    /// The revisions that the target had before.
    pub(crate) present: u64,
    /// The revisions that were read back from the target and verified.
    pub(crate) verified: u64,
    /// `true` if the source was still changing at the end.
    pub(crate) is_behind: bool,
}

/// Compares both stores and verifies the hash chains of the source. Writes nothing.
///
/// # Errors
/// A store cannot be read, or the histories cannot be copied; then every problem is listed.
pub(crate) async fn plan(source: &dyn Store, target: &dyn Store, except: &[String], output: Output) -> Result<Plan> {
    let epoch = source.epoch().await?;
    let except: BTreeSet<String> = except.iter().cloned().collect();
    let versions = versions(source, &except).await?;
    let mut existing = self::versions(target, &except).await?;
    let progress = output.progress("Checking", usize::try_from(versions.values().sum::<u64>()).unwrap_or(usize::MAX));
    let (mut features, mut problems) = (BTreeMap::new(), Problems::default());
    for (feature, version) in versions {
        let in_target = existing.remove(&feature).unwrap_or_default();
        match compare(source, target, &feature, version, in_target, &progress).await? {
            Ok(present) => drop(features.insert(feature, PlannedHistory { present, version })),
            Err(message) => problems.push(|| Problem::new(feature, message)),
        }
    }
    for feature in existing.into_keys() {
        problems.push(|| Problem::new(feature, "the target has this feature, and the source does not"));
    }
    match problems.is_empty() {
        true => Ok(Plan { epoch, features, except }),
        false => Err(Error::invalid(problems.into_vec()).into()),
    }
}

/// Copies the planned histories and what is appended to the source meanwhile, and verifies all of them in the target.
pub(super) async fn copy(
    source: &dyn Store,
    target: &dyn Store,
    mut plan: Plan,
    output: Output,
) -> Result<RevisionCounts> {
    let mut counts = plan.counts();
    counts.copied = 0;
    for round in 1..=MAX_ROUNDS {
        let left = plan.features.values().map(PlannedHistory::left).sum::<u64>();
        let progress = output.progress("Copying revisions", usize::try_from(left).unwrap_or(usize::MAX));
        for (feature, history) in &mut plan.features {
            if let Err(failure) = copy_history(source, target, feature, history, &mut counts.copied, &progress).await {
                let copied = counts.copied;
                return Err(failure
                    .hint(format!("copied {}; run the same command again to continue", counted(copied, "revision"))));
            }
        }
        check_epoch(source, &plan.epoch).await?;
        counts.is_behind = plan.follow(versions(source, &plan.except).await?);
        if !counts.is_behind || round == MAX_ROUNDS {
            break;
        }
    }
    counts.features = plan.features.len() as u64;
    let copied = plan.features.values().map(|history| history.present.version).sum::<u64>();
    let progress = output.progress("Verifying", usize::try_from(copied).unwrap_or(usize::MAX));
    for (feature, history) in &plan.features {
        verify(target, feature, history.present, &progress).await?;
        counts.verified += history.present.version;
    }
    Ok(counts)
}

impl Plan {
    /// Returns the numbers of revisions that would be copied, and that the target has.
    pub(super) fn counts(&self) -> RevisionCounts {
        RevisionCounts {
            features: self.features.len() as u64,
            copied: self.features.values().map(PlannedHistory::left).sum(),
            present: self.features.values().map(|history| history.present.version).sum(),
            verified: 0,
            is_behind: false,
        }
    }

    /// Plans to copy newer versions, too. Returns `true` if there are any.
    fn follow(&mut self, versions: BTreeMap<String, u64>) -> bool {
        let mut is_newer = false;
        for (feature, version) in versions {
            let new = PlannedHistory { present: RevisionStamp::default(), version: 0 };
            let history = self.features.entry(feature).or_insert(new);
            is_newer |= version > history.version;
            history.version = version.max(history.version);
        }
        is_newer
    }
}

impl PlannedHistory {
    fn left(&self) -> u64 {
        self.version.saturating_sub(self.present.version)
    }
}

/// Returns the newest version of every feature, apart from those that are left out.
async fn versions(store: &dyn Store, except: &BTreeSet<String>) -> Result<BTreeMap<String, u64>> {
    let mut versions: BTreeMap<String, u64> = store.versions().await?.into_iter().collect();
    versions.retain(|feature, _| !except.contains(feature));
    Ok(versions)
}

/// Verifies the history in the source, and compares its beginning with that in the target. Returns the newest revision of the target,
/// or the reason why the history cannot be copied.
async fn compare(
    source: &dyn Store,
    target: &dyn Store,
    feature: &str,
    version: u64,
    in_target: u64,
    progress: &Progress,
) -> Result<std::result::Result<RevisionStamp, String>> {
    if in_target > version {
        return Ok(Err(format!("the target has version {in_target}, and the source only version {version}")));
    }
    let (mut chain, mut present) = (RevisionStamp::default(), RevisionStamp::default());
    while chain.version < version {
        let entries = read(source, feature, chain.version, version).await?;
        let existing = match chain.version < in_target {
            true => read(target, feature, chain.version, in_target).await?,
            false => Vec::new(),
        };
        for (index, entry) in entries.iter().enumerate() {
            if let Err(message) = follow(&mut chain, entry) {
                return Ok(Err(format!("in the source, {message}")));
            }
            match existing.get(index) {
                None => {}
                Some(existing) if existing == entry => present = RevisionStamp::after(entry),
                Some(existing) if existing.is_missing() => {
                    return Ok(Err(format!("version {} is missing in the target", entry.version)));
                }
                Some(_) => return Ok(Err(format!("version {} of the target differs", entry.version))),
            }
            progress.step();
        }
    }
    Ok(Ok(present))
}

/// Appends the revisions that the target lacks.
async fn copy_history(
    source: &dyn Store,
    target: &dyn Store,
    feature: &str,
    history: &mut PlannedHistory,
    copied: &mut u64,
    progress: &Progress,
) -> Result<()> {
    while history.left() > 0 {
        for entry in read(source, feature, history.present.version, history.version).await? {
            let expected = history.present;
            follow(&mut history.present, &entry).map_err(|message| changed(source, feature, &message))?;
            match target.append(expected, &entry).await? {
                AppendOutcome::Done => {}
                // The reply to an earlier attempt was lost.
                AppendOutcome::Conflict(Some(existing)) if existing == entry => {}
                AppendOutcome::Conflict(_) => {
                    let message = "another program writes to the target, which must not be in use during the copy";
                    return Err(changed(target, feature, message));
                }
            }
            *copied += 1;
            progress.step();
        }
    }
    Ok(())
}

/// Reads a history back from the target, and verifies it up to its newest revision.
async fn verify(target: &dyn Store, feature: &str, newest: RevisionStamp, progress: &Progress) -> Result<()> {
    let mut chain = RevisionStamp::default();
    while chain.version < newest.version {
        for entry in read(target, feature, chain.version, newest.version).await? {
            follow(&mut chain, &entry).map_err(|message| changed(target, feature, &message))?;
            progress.step();
        }
    }
    match chain == newest {
        true => Ok(()),
        false => Err(changed(target, feature, "the history in the target is not the copied one")),
    }
}

/// Checks that the source was not emptied or restored since its epoch was read.
async fn check_epoch(source: &dyn Store, epoch: &str) -> Result<()> {
    if source.epoch().await? == epoch {
        return Ok(());
    }
    let message = "the source was emptied or restored during the copy; check both stores";
    Err(Error::new(ErrorKind::Conflict, message).with_store(source.name()).into())
}

fn changed(store: &dyn Store, feature: &str, message: &str) -> Failure {
    Error::new(ErrorKind::Conflict, message).with_feature(feature).with_store(store.name()).into()
}
