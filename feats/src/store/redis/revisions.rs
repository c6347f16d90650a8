//! Revisions in Redis: load, append, history, versions, and the epoch.

use std::collections::HashSet;
use std::time::Duration;

use redis::{FromRedisValue, Value, cmd, from_redis_value};

use super::address::Topology;
use super::codec::{self, damaged, pack, unpack};
use super::error::Failure;
use super::keys::Keys;
use super::position::StreamPosition;
use super::script;
use super::session::{COMMAND, Session};
use super::stream::StreamEntry;
use crate::error::{Error, ErrorKind};
use crate::model::Entry;
use crate::store::{AppendOutcome, LoadedStates, Page, RevisionStamp};

/// About how many changes are kept for watchers that were away. Who was away for longer loads everything.
const CHANGES: usize = 1_024;

/// The largest revision that stands in the stream of changes itself, so that a watcher needs no second command. With
/// as many changes as are kept, the stream holds at most 16 MiB; larger revisions are fetched from their history.
const INLINE: usize = 16 << 10;

/// How long replicas may take to confirm a revision.
const CONFIRM: Duration = Duration::from_secs(2);

/// How many revisions of a history, or lengths of histories, are asked for at once.
const PAGE: usize = 256;

pub(super) async fn load(session: &mut Session<'_>, keys: &Keys) -> Result<LoadedStates, Failure> {
    let epoch = epoch(session, keys).await?;
    // The place first: what is appended in between is seen again by whoever watches from it.
    let place = newest_place(session, keys, epoch).await?;
    let versions = read_versions(session, keys).await;
    let current: Vec<(Vec<u8>, Vec<u8>)> = session.command(cmd("HGETALL").arg(keys.current())).await?;
    let mut entries = Vec::with_capacity(current.len());
    for (feature, value) in current {
        // A name that is not text is nobody's feature.
        let Ok(feature) = String::from_utf8(feature) else { continue };
        entries.push(match unpack(&feature, &value) {
            Some(entry) => entry,
            None => newest(session, keys, &feature).await?.unwrap_or_else(|| damaged(&feature, 1, &value)),
        });
    }
    // What `current` has lost, the history may still have.
    let known: HashSet<&str> = entries.iter().map(|entry| entry.feature.as_str()).collect();
    let versions = versions.unwrap_or_default().into_iter();
    let lost: Vec<String> =
        versions.map(|(feature, _)| feature).filter(|feature| !known.contains(feature.as_str())).collect();
    for feature in lost {
        entries.extend(newest(session, keys, &feature).await?);
    }
    Ok(LoadedStates { entries, cursor: place.cursor() })
}

pub(super) async fn append(
    session: &mut Session<'_>,
    keys: &Keys,
    expected: RevisionStamp,
    entry: &Entry,
) -> Result<AppendOutcome, Failure> {
    let history = keys.history(&entry.feature);
    let places = [keys.current(), history, keys.versions(), keys.changes(), keys.epoch()];
    let expected = format!("{} {}", expected.version, expected.hash);
    let (version, limits) = (entry.version.to_string(), [CHANGES.to_string(), INLINE.to_string()]);
    let (revision, epoch) = (pack(entry), random_epoch());
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
    let answer: Value = script::run(session, script::APPEND, &places, &arguments).await?;
    let appended = match answer {
        Value::Okay | Value::SimpleString(_) => AppendOutcome::Done,
        Value::Nil => AppendOutcome::Conflict(None),
        other => {
            let (version, value): (u64, Vec<u8>) = from_redis_value(other)?;
            let standing = unpack(&entry.feature, &value).unwrap_or_else(|| damaged(&entry.feature, version, &value));
            AppendOutcome::Conflict(Some(standing))
        }
    };
    // A writer whose reply was lost is told of its own revision: that is as good as done, and has to be as safe.
    let written = match &appended {
        AppendOutcome::Done => true,
        AppendOutcome::Conflict(standing) => standing.as_ref().is_some_and(|standing| standing.id == entry.id),
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
    // Asked for first: what is appended in between is newer.
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
        let count = PAGE.min(page.limit - entries.len());
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
        // The newest revision is kept a second time.
        if let Some(current) = current(session, keys, feature).await? {
            newest = newest.max(Some(current.version));
            let belongs_here = page.before.is_none_or(|before| current.version < before);
            if belongs_here && entries.first().is_none_or(|entry| entry.version < current.version) {
                entries.insert(0, current);
            }
        }
    }
    // A stream that nothing else here knows of was not written by feats, and lacks nothing.
    Ok(match newest {
        Some(newest) => page.filled(feature, newest, entries)?,
        None => entries,
    })
}

/// One revision of a feature.
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
    // Without the right to ask for the number of features, the list is taken as it is.
    let features: Option<usize> = session.command(cmd("HLEN").arg(keys.current())).await.ok();
    if features.is_some_and(|features| features > versions.len()) {
        put_back_versions(session, keys, &mut versions).await?;
    }
    Ok(versions)
}

/// The features whose histories lack revisions: the newest version that there was, and how many revisions are left.
pub(super) async fn gaps(session: &mut Session<'_>, keys: &Keys) -> Result<Vec<(String, u64, u64)>, Failure> {
    let versions = versions(session, keys).await?;
    let mut gaps = Vec::new();
    for versions in versions.chunks(PAGE) {
        let histories: Vec<String> = versions.iter().map(|(feature, _)| keys.history(feature)).collect();
        let lengths: Vec<i64> = script::run(session, script::LENGTHS, &histories, &[] as &[&str]).await?;
        for ((feature, newest), length) in versions.iter().zip(lengths) {
            // More than the version says were appended meanwhile.
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

/// Adds the versions of features that `versions` has lost, here and there; a server that takes no writes keeps its gap.
async fn put_back_versions(
    session: &mut Session<'_>,
    keys: &Keys,
    versions: &mut Vec<(String, u64)>,
) -> Result<(), Failure> {
    let current: Vec<(Vec<u8>, Vec<u8>)> = session.command(cmd("HGETALL").arg(keys.current())).await?;
    let known: HashSet<String> = versions.iter().map(|(feature, _)| feature.clone()).collect();
    for (feature, value) in current {
        let (Ok(feature), Some(version)) = (String::from_utf8(feature), codec::version(&value)) else { continue };
        if !known.contains(&feature) {
            // A version that a writer has set meanwhile stays.
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

/// The epoch, which begins if there is none.
pub(super) async fn epoch(session: &mut Session<'_>, keys: &Keys) -> Result<String, Failure> {
    if let Some(epoch) = current_epoch(session, keys).await? {
        return Ok(epoch);
    }
    let begin = cmd("SET").arg(keys.epoch()).arg(random_epoch()).arg("NX").take();
    session.command::<Value>(&begin).await?;
    let lost = || Error::new(ErrorKind::Unavailable, "the store was emptied while it was read").into();
    current_epoch(session, keys).await?.ok_or_else(lost)
}

/// The epoch, if one has begun.
pub(super) async fn current_epoch(session: &mut Session<'_>, keys: &Keys) -> Result<Option<String>, Failure> {
    session.command(cmd("GET").arg(keys.epoch())).await
}

/// The place after the newest change.
pub(super) async fn newest_place(
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

/// The newest revision of a feature by `current`, if it is sound there.
async fn current(session: &mut Session<'_>, keys: &Keys, feature: &str) -> Result<Option<Entry>, Failure> {
    let value = session.command(cmd("HGET").arg(keys.current()).arg(feature)).await;
    Ok(none_of_another_type(value)?.and_then(|value: Vec<u8>| unpack(feature, &value)))
}

/// Turns the error of a key of another type into `None`, where another key has the same.
fn none_of_another_type<T: FromRedisValue>(found: Result<Option<T>, Failure>) -> Result<Option<T>, Failure> {
    match found {
        Err(Failure::Redis(error)) if error.code() == Some("WRONGTYPE") => Ok(None),
        found => found,
    }
}

/// The newest revision of a feature by its history, which is looked at where `current` is damaged.
async fn newest(session: &mut Session<'_>, keys: &Keys, feature: &str) -> Result<Option<Entry>, Failure> {
    let command = cmd("XREVRANGE").arg(keys.history(feature)).arg("+").arg("-").arg("COUNT").arg(1).take();
    let found = session.command(&command).await;
    first(feature, found)
}

/// The first entry of a history. One that is of another type harms this feature alone.
fn first(feature: &str, found: Result<Vec<StreamEntry>, Failure>) -> Result<Option<Entry>, Failure> {
    let revisions = none_of_another_type(found.map(Some))?;
    Ok(revisions.and_then(|revisions| Some(entry(feature, revisions.first()?))))
}

fn entry(feature: &str, revision: &StreamEntry) -> Entry {
    let value = revision.bytes("revision").unwrap_or_default();
    let sound = unpack(feature, value).filter(|entry| entry.version == revision.id.first);
    sound.unwrap_or_else(|| damaged(feature, revision.id.first, value))
}

/// Waits until a replica has what was just written, where there are replicas.
async fn confirm(session: &mut Session<'_>, entry: &Entry) -> Result<(), Failure> {
    let unconfirmed = || {
        let message = format!(
            "version {} is written, but no replica confirmed it within {CONFIRM:?}; a failover could lose it",
            entry.version
        );
        Error::new(ErrorKind::Unconfirmed, message)
    };
    let confirmed = async {
        if matches!(session.topology(), Topology::Single(_)) {
            let info: String = session.afterwards(COMMAND, cmd("INFO").arg("replication")).await?;
            if replicas(&info) == 0 {
                return Ok(1);
            }
        }
        let wait = cmd("WAIT").arg(1).arg(CONFIRM.as_millis() as u64).take();
        session.afterwards(CONFIRM + COMMAND, &wait).await
    };
    match confirmed.await {
        Ok(0_i64) => Err(unconfirmed().into()),
        Ok(_) => Ok(()),
        Err(failure @ Failure::Redis(_)) if !failure.poisons() => Err(failure),
        // It is written; the connection broke only afterwards.
        Err(_) => Err(unconfirmed().into()),
    }
}

/// How many replicas a server says it has.
fn replicas(info: &str) -> u32 {
    let count = info.lines().find_map(|line| line.strip_prefix("connected_slaves:"));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}
