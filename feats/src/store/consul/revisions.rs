//! Revisions in Consul: load, append, history and versions.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::time::Instant;

use super::client::{Agent, Consistency, Value};
use super::codec::{decode_current, decode_entry, encode_current, encode_entry};
use super::head::StoredHead;
use super::keys::{name, segment};
use super::transaction::Operation;
use crate::error::{ErrorKind, Result};
use crate::model::Entry;
use crate::store::damaged::damaged_entry;
use crate::store::{AppendOutcome, LoadedStates, Page, RevisionStamp};
use crate::tasks::Backoff;

/// The time after which an append gives up because other programs append all the time.
const APPEND_TIMEOUT: Duration = Duration::from_secs(10);

/// A feature in the keys: its newest version that is left, and the number of versions that are left.
#[derive(Clone, Copy, Default)]
pub(super) struct KeptVersions {
    pub(super) newest: u64,
    pub(super) count: u64,
}

pub(super) async fn load(agent: &Agent) -> Result<LoadedStates> {
    // Read before the states: a watcher from this position sees revisions that are appended in between.
    let cursor = agent.head(Consistency::Default).await?.head.cursor();
    let keys = agent.keys()?;
    // Read from the revisions themselves: if the newest one of a feature is lost, the newest one that is left is its state.
    let kept = kept_versions(agent).await?;
    let names: Vec<String> = kept.iter().map(|(segment, kept)| keys.revision(segment, kept.newest)).collect();
    let values = agent.get_many(&names).await?;
    let entries = kept.iter().zip(values).filter_map(|((segment, kept), value)| decode(segment, kept.newest, &value?));
    Ok(LoadedStates { entries: entries.collect(), cursor })
}

pub(super) async fn append(agent: &Agent, expected: RevisionStamp, entry: &Entry) -> Result<AppendOutcome> {
    let keys = agent.keys()?;
    let segment = segment(&entry.feature);
    let (start, backoff) = (Instant::now(), Backoff::brief());
    loop {
        let head = agent.find_head(Consistency::Verified).await?;
        let current = agent.get(&keys.current(&entry.feature), Consistency::Verified).await?;
        // The keys are read after the stamp, so they are at least as new.
        let newest = versions_left(agent, &segment, Consistency::Verified).await?.last().copied().unwrap_or(0);
        let stamp = current.as_ref().and_then(|value| decode_current(&value.bytes)).map(|(_, stamp)| stamp);
        let stamp = match stamp.filter(|stamp| stamp.version == newest) {
            Some(stamp) => stamp,
            None if newest == 0 => RevisionStamp::default(),
            None => revision(agent, &segment, newest).await?.as_ref().map(RevisionStamp::after).unwrap_or_default(),
        };
        if stamp != expected {
            let newest = if newest == 0 { None } else { revision(agent, &segment, newest).await? };
            return Ok(AppendOutcome::Conflict(newest));
        }
        let index = current.map_or(0, |value| value.index);
        let operations = [
            StoredHead::add(head.as_ref(), keys, entry),
            Operation::set(keys.current(&entry.feature), &encode_current(entry), index),
            Operation::set(keys.revision(&segment, entry.version), &encode_entry(entry), 0),
        ];
        if agent.transact(&operations).await? {
            return Ok(AppendOutcome::Done);
        }
        // Another program appended in between, perhaps to another feature.
        if start.elapsed() > APPEND_TIMEOUT {
            let message = "other programs append all the time; nothing was written";
            return Err(agent.error(ErrorKind::Unavailable, message));
        }
        backoff.wait().await;
    }
}

pub(super) async fn history(agent: &Agent, feature: &str, page: Page) -> Result<Vec<Entry>> {
    let keys = agent.keys()?;
    // Read before the keys: a revision that is appended in between is newer.
    let current = agent.get(&keys.current(feature), Consistency::Default).await?;
    let current = current.and_then(|value| decode_current(&value.bytes)).map_or(0, |(_, stamp)| stamp.version);
    let segment = segment(feature);
    let left = versions_left(agent, &segment, Consistency::Default).await?;
    let newest = left.last().copied().unwrap_or(0).max(current);
    let due = left.into_iter().rev().filter(|version| page.before.is_none_or(|before| *version < before));
    let due: Vec<u64> = due.take(page.limit).collect();
    let names: Vec<String> = due.iter().map(|version| keys.revision(&segment, *version)).collect();
    let values = agent.get_many(&names).await?.into_iter();
    let entries = due.into_iter().zip(values).filter_map(|(version, value)| {
        let value = value?;
        Some(decode(&segment, version, &value).unwrap_or_else(|| damaged_entry(feature, version, &value.bytes)))
    });
    page.filled(feature, newest, entries.collect())
}

pub(super) async fn versions(agent: &Agent) -> Result<Vec<(String, u64)>> {
    Ok(current_stamps(agent).await?.into_iter().map(|(feature, stamp)| (feature, stamp.version)).collect())
}

/// Returns the features with incomplete histories: the newest version that existed, and the number of revisions left.
pub(super) async fn gaps(agent: &Agent) -> Result<Vec<(String, u64, u64)>> {
    let current = current_stamps(agent).await?;
    let mut kept = kept_versions(agent).await?;
    let mut gaps = Vec::new();
    for (feature, stamp) in current {
        let kept = kept.remove(&segment(&feature)).unwrap_or_default();
        gaps.push((feature, stamp.version.max(kept.newest), kept.count));
    }
    // A feature that the stamps have lost.
    gaps.extend(kept.into_iter().map(|(segment, kept)| (name(&segment).unwrap_or(segment), kept.newest, kept.count)));
    gaps.retain(|(_, newest, count)| newest != count);
    Ok(gaps)
}

/// Returns the revision of a version, by the segment of its feature.
pub(super) async fn revision(agent: &Agent, segment: &str, version: u64) -> Result<Option<Entry>> {
    let value = agent.get(&agent.keys()?.revision(segment, version), Consistency::Verified).await?;
    Ok(value.and_then(|value| decode(segment, version, &value)))
}

/// Decodes a revision. A damaged one has the name of its key; `None` if the key has only a digest.
pub(super) fn decode(feature: &str, version: u64, value: &Value) -> Option<Entry> {
    let entry =
        decode_entry(&value.bytes).filter(|entry| entry.version == version && segment(&entry.feature) == feature);
    match entry {
        Some(entry) => Some(entry),
        None => Some(damaged_entry(&name(feature)?, version, &value.bytes)),
    }
}

async fn current_stamps(agent: &Agent) -> Result<HashMap<String, RevisionStamp>> {
    let values = agent.list(&agent.keys()?.all_current()).await?;
    Ok(values.iter().filter_map(|value| decode_current(&value.bytes)).collect())
}

/// Returns the versions of every feature by its segment.
async fn kept_versions(agent: &Agent) -> Result<BTreeMap<String, KeptVersions>> {
    let keys = agent.keys()?;
    let mut all: BTreeMap<String, KeptVersions> = BTreeMap::new();
    for key in agent.list_keys(&keys.all_revisions(), Consistency::Default).await? {
        let Some((segment, version)) = keys.parse_revision(&key) else { continue };
        let kept = all.entry(segment.to_owned()).or_default();
        kept.newest = kept.newest.max(version);
        kept.count += 1;
    }
    Ok(all)
}

/// Returns the versions of a feature that are left, in ascending order.
async fn versions_left(agent: &Agent, segment: &str, consistency: Consistency) -> Result<Vec<u64>> {
    let keys = agent.keys()?;
    let names = agent.list_keys(&keys.revisions(segment), consistency).await?;
    let mut versions: Vec<u64> = names.iter().filter_map(|key| Some(keys.parse_revision(key)?.1)).collect();
    versions.sort_unstable();
    Ok(versions)
}
