//! Revisions in Redis: load, append, history, versions, and the epoch.

use std::collections::HashSet;
use std::time::Duration;

use redis::{FromRedisValue, Value, cmd, from_redis_value};

use super::address::Topology;
use super::codec::{self, decode, encode};
use super::error::Failure;
use super::keys::Keys;
use super::position::StreamPosition;
use super::script;
use super::session::{COMMAND_TIMEOUT, Session};
use super::stream::StreamEntry;
use crate::error::{Error, ErrorKind};
use crate::model::Entry;
use crate::store::damaged::damaged_entry;
use crate::store::{AppendOutcome, LoadedStates, Page, RevisionStamp};

/// The approximate number of changes that are kept for watchers. A watcher that is further behind loads all states.
const MAX_CHANGES: usize = 1_024;

/// The maximum size of a revision in the stream of changes, which saves watchers a second command. Larger revisions are fetched from
/// their history. With `MAX_CHANGES`, this limits the stream to about 16 MiB.
const MAX_INLINE_BYTES: usize = 16 << 10;

/// The time within which a replica must confirm a revision.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(2);

/// The maximum number of revisions, or of lengths of histories, in one command.
const PAGE_SIZE: usize = 256;

pub(super) async fn load(session: &mut Session<'_>, keys: &Keys) -> Result<LoadedStates, Failure> {
    let epoch = epoch(session, keys).await?;
    // Read before the states: a watcher from this position sees revisions that are appended in between.
    let position = newest_position(session, keys, epoch).await?;
    let versions = read_versions(session, keys).await;
    let current: Vec<(Vec<u8>, Vec<u8>)> = session.command(cmd("HGETALL").arg(keys.current())).await?;
    let mut entries = Vec::with_capacity(current.len());
    for (feature, value) in current {
        // A name that is not UTF-8 is not a feature.
        let Ok(feature) = String::from_utf8(feature) else { continue };
        entries.push(match decode(&feature, &value) {
            Some(entry) => entry,
            None => newest(session, keys, &feature).await?.unwrap_or_else(|| damaged_entry(&feature, 1, &value)),
        });
    }
    // The history may have features that `current` has lost.
    let known: HashSet<&str> = entries.iter().map(|entry| entry.feature.as_str()).collect();
    let versions = versions.unwrap_or_default().into_iter();
    let lost: Vec<String> =
        versions.map(|(feature, _)| feature).filter(|feature| !known.contains(feature.as_str())).collect();
    for feature in lost {
        entries.extend(newest(session, keys, &feature).await?);
    }
    Ok(LoadedStates { entries, cursor: position.cursor() })
}

pub(super) async fn append(
    session: &mut Session<'_>,
    keys: &Keys,
    expected: RevisionStamp,
    entry: &Entry,
) -> Result<AppendOutcome, Failure> {
    let history = keys.history(&entry.feature);
    let script_keys = [keys.current(), history, keys.versions(), keys.changes(), keys.epoch()];
    let expected = format!("{} {}", expected.version, expected.hash);
    let (version, limits) = (entry.version.to_string(), [MAX_CHANGES.to_string(), MAX_INLINE_BYTES.to_string()]);
    let (revision, epoch) = (encode(entry), random_epoch());
    let [kept, largest] = &limits;
    let arguments: [&[u8]; 8] = [
        entry.feature.as_bytes(),
        expected.as_bytes(),
        version.as_bytes(),
        &revision,
        entry.id.as_bytes(),
        epoch.as_bytes(),
        kept.as_bytes(),
        largest.as_bytes(),
    ];
    let answer: Value = script::run(session, script::APPEND, &script_keys, &arguments).await?;
    let appended = match answer {
        Value::Okay | Value::SimpleString(_) => AppendOutcome::Done,
        Value::Nil => AppendOutcome::Conflict(None),
        other => {
            let (version, value): (u64, Vec<u8>) = from_redis_value(other)?;
            let newest =
                decode(&entry.feature, &value).unwrap_or_else(|| damaged_entry(&entry.feature, version, &value));
            AppendOutcome::Conflict(Some(newest))
        }
    };
    // A conflict with the writer's own revision means that an earlier reply was lost. It needs the same confirmation.
    let written = match &appended {
        AppendOutcome::Done => true,
        AppendOutcome::Conflict(newest) => newest.as_ref().is_some_and(|newest| newest.id == entry.id),
    };
    if written {
        confirm(session, entry).await?;
    }
    Ok(appended)
}

pub(super) async fn history(
    session: &mut Session<'_>,
    keys: &Keys,
    feature: &str,
    page: Page,
) -> Result<Vec<Entry>, Failure> {
    let key = keys.history(feature);
    // Read before the page: a revision that is appended in between is newer.
    let version = session.command(cmd("HGET").arg(keys.versions()).arg(feature)).await;
    let version = none_of_another_type(version)?.and_then(|version: Vec<u8>| parse_version(version));
    let mut entries: Vec<Entry> = Vec::new();
    let mut before = page.before;
    while entries.len() < page.limit {
        let newest = match before {
            None => "+".to_owned(),
            Some(0 | 1) => break,
            Some(before) => (before - 1).to_string(),
        };
        let count = PAGE_SIZE.min(page.limit - entries.len());
        let command = cmd("XREVRANGE").arg(&key).arg(newest).arg("-").arg("COUNT").arg(count).take();
        let revisions: Vec<StreamEntry> = session.command(&command).await?;
        let given = revisions.len();
        entries.extend(revisions.iter().map(|revision| entry(feature, revision)));
        before = entries.last().map(|entry| entry.version);
        if given < count {
            break;
        }
    }
    let mut newest = version;
    let due = page.before.map_or(u64::MAX, |before| before.saturating_sub(1)).min(version.unwrap_or(u64::MAX));
    if page.limit > 0 && due > 0 && entries.first().is_none_or(|entry| entry.version < due) {
        // `current` has a second copy of the newest revision.
        if let Some(current) = current(session, keys, feature).await? {
            newest = newest.max(Some(current.version));
            let belongs_here = page.before.is_none_or(|before| current.version < before);
            if belongs_here && entries.first().is_none_or(|entry| entry.version < current.version) {
                entries.insert(0, current);
            }
        }
    }
    // Without a known version, feats did not write this stream, so it has no gaps.
    Ok(match newest {
        Some(newest) => page.filled(feature, newest, entries)?,
        None => entries,
    })
}

/// Reads one revision of a feature.
pub(super) async fn revision(
    session: &mut Session<'_>,
    keys: &Keys,
    feature: &str,
    version: u64,
) -> Result<Option<Entry>, Failure> {
    let id = format!("{version}-0");
    let found = session.command(cmd("XRANGE").arg(keys.history(feature)).arg(&id).arg(&id)).await;
    first(feature, found)
}

pub(super) async fn versions(session: &mut Session<'_>, keys: &Keys) -> Result<Vec<(String, u64)>, Failure> {
    let mut versions = read_versions(session, keys).await?;
    // Without the permission for HLEN, the list is used as it is.
    let features: Option<usize> = session.command(cmd("HLEN").arg(keys.current())).await.ok();
    if features.is_some_and(|features| features > versions.len()) {
        repair_versions(session, keys, &mut versions).await?;
    }
    Ok(versions)
}

/// Returns the features with incomplete histories: the newest version that existed, and the number of revisions left.
pub(super) async fn gaps(session: &mut Session<'_>, keys: &Keys) -> Result<Vec<(String, u64, u64)>, Failure> {
    let versions = versions(session, keys).await?;
    let mut gaps = Vec::new();
    for versions in versions.chunks(PAGE_SIZE) {
        let histories: Vec<String> = versions.iter().map(|(feature, _)| keys.history(feature)).collect();
        let lengths: Vec<i64> = script::run(session, script::LENGTHS, &histories, &[] as &[&str]).await?;
        for ((feature, newest), length) in versions.iter().zip(lengths) {
            // A history can be longer than the version, if revisions were appended in between.
            let kept = u64::try_from(length).unwrap_or(0);
            if kept < *newest {
                gaps.push((feature.clone(), *newest, kept));
            }
        }
    }
    Ok(gaps)
}

async fn read_versions(session: &mut Session<'_>, keys: &Keys) -> Result<Vec<(String, u64)>, Failure> {
    let versions: Vec<(Vec<u8>, Vec<u8>)> = session.command(cmd("HGETALL").arg(keys.versions())).await?;
    let read = |(feature, version)| Some((String::from_utf8(feature).ok()?, parse_version(version)?));
    Ok(versions.into_iter().filter_map(read).collect())
}

/// Restores the versions of features that the key `versions` has lost, in that key and in the list. If the server rejects writes,
/// only the list is repaired.
async fn repair_versions(
    session: &mut Session<'_>,
    keys: &Keys,
    versions: &mut Vec<(String, u64)>,
) -> Result<(), Failure> {
    let current: Vec<(Vec<u8>, Vec<u8>)> = session.command(cmd("HGETALL").arg(keys.current())).await?;
    let known: HashSet<String> = versions.iter().map(|(feature, _)| feature.clone()).collect();
    for (feature, value) in current {
        let (Ok(feature), Some(version)) = (String::from_utf8(feature), codec::version(&value)) else { continue };
        if !known.contains(&feature) {
            // HSETNX, to keep a version that a writer has set in between.
            let put = cmd("HSETNX").arg(keys.versions()).arg(&feature).arg(version).take();
            let _: Result<Value, _> = session.command(&put).await;
            versions.push((feature, version));
        }
    }
    Ok(())
}

fn parse_version(version: Vec<u8>) -> Option<u64> {
    String::from_utf8(version).ok()?.parse().ok()
}

/// Returns the epoch, and begins one if there is none.
pub(super) async fn epoch(session: &mut Session<'_>, keys: &Keys) -> Result<String, Failure> {
    if let Some(epoch) = current_epoch(session, keys).await? {
        return Ok(epoch);
    }
    let begin = cmd("SET").arg(keys.epoch()).arg(random_epoch()).arg("NX").take();
    session.command::<Value>(&begin).await?;
    let lost = || Error::new(ErrorKind::Unavailable, "the store was emptied while it was read").into();
    current_epoch(session, keys).await?.ok_or_else(lost)
}

/// Returns the stored epoch, if there is one.
pub(super) async fn current_epoch(session: &mut Session<'_>, keys: &Keys) -> Result<Option<String>, Failure> {
    session.command(cmd("GET").arg(keys.epoch())).await
}

/// Returns the position after the newest change.
pub(super) async fn newest_position(
    session: &mut Session<'_>,
    keys: &Keys,
    epoch: String,
) -> Result<StreamPosition, Failure> {
    let command = cmd("XREVRANGE").arg(keys.changes()).arg("+").arg("-").arg("COUNT").arg(1).take();
    let newest: Vec<StreamEntry> = session.command(&command).await?;
    Ok(newest
        .first()
        .map_or_else(|| StreamPosition::start(epoch.clone()), |change| StreamPosition::after(epoch.clone(), change)))
}

pub(super) fn random_epoch() -> String {
    format!("{:016x}", fastrand::u64(..))
}

/// Reads the newest revision of a feature from `current`; `None` if it is missing or damaged there.
async fn current(session: &mut Session<'_>, keys: &Keys, feature: &str) -> Result<Option<Entry>, Failure> {
    let value = session.command(cmd("HGET").arg(keys.current()).arg(feature)).await;
    Ok(none_of_another_type(value)?.and_then(|value: Vec<u8>| decode(feature, &value)))
}

/// Turns the error for a key of another type into `None`, because another key has the same data.
fn none_of_another_type<T: FromRedisValue>(found: Result<Option<T>, Failure>) -> Result<Option<T>, Failure> {
    match found {
        Err(Failure::Redis(error)) if error.code() == Some("WRONGTYPE") => Ok(None),
        found => found,
    }
}

/// Reads the newest revision of a feature from its history, for a feature that is missing or damaged in `current`.
async fn newest(session: &mut Session<'_>, keys: &Keys, feature: &str) -> Result<Option<Entry>, Failure> {
    let command = cmd("XREVRANGE").arg(keys.history(feature)).arg("+").arg("-").arg("COUNT").arg(1).take();
    let found = session.command(&command).await;
    first(feature, found)
}

/// Returns the first entry of a history. A key of another type is treated as empty, and affects this feature alone.
fn first(feature: &str, found: Result<Vec<StreamEntry>, Failure>) -> Result<Option<Entry>, Failure> {
    let revisions = none_of_another_type(found.map(Some))?;
    Ok(revisions.and_then(|revisions| Some(entry(feature, revisions.first()?))))
}

fn entry(feature: &str, revision: &StreamEntry) -> Entry {
    let value = revision.bytes("revision").unwrap_or_default();
    let sound = decode(feature, value).filter(|entry| entry.version == revision.id.first);
    sound.unwrap_or_else(|| damaged_entry(feature, revision.id.first, value))
}

/// Waits until a replica has the last write, if there are replicas.
async fn confirm(session: &mut Session<'_>, entry: &Entry) -> Result<(), Failure> {
    let unconfirmed = || {
        let message = format!(
            "version {} is written, but no replica confirmed it within {CONFIRM_TIMEOUT:?}; a failover could lose it",
            entry.version
        );
        Error::new(ErrorKind::Unconfirmed, message)
    };
    let confirmed = async {
        if matches!(session.topology(), Topology::Single(_)) {
            let info: String = session.follow_up(COMMAND_TIMEOUT, cmd("INFO").arg("replication")).await?;
            if replicas(&info) == 0 {
                return Ok(1);
            }
        }
        let wait = cmd("WAIT").arg(1).arg(CONFIRM_TIMEOUT.as_millis() as u64).take();
        session.follow_up(CONFIRM_TIMEOUT + COMMAND_TIMEOUT, &wait).await
    };
    match confirmed.await {
        Ok(0_i64) => Err(unconfirmed().into()),
        Ok(_) => Ok(()),
        Err(failure @ Failure::Redis(_)) if !failure.poisons() => Err(failure),
        // The revision is written; the connection broke afterwards.
        Err(_) => Err(unconfirmed().into()),
    }
}

/// Returns the number of connected replicas that INFO reports.
fn replicas(info: &str) -> u32 {
    let count = info.lines().find_map(|line| line.strip_prefix("connected_slaves:"));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}
