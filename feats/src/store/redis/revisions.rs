//! Revisions in Redis: load, append, history, versions, and the epoch.

use std::time::Duration;

use redis::{Value, cmd, from_redis_value};

use super::address::Topology;
use super::error::Failure;
use super::keys::Keys;
use super::packed::{damaged, pack, unpack};
use super::script;
use super::session::{COMMAND, Session};
use super::stream::StreamEntry;
use super::watch::Place;
use crate::error::{Error, ErrorKind};
use crate::model::Entry;
use crate::store::{Appended, Expected, Loaded, Page};

/// About how many changes are kept for watchers that were away. Who was away for longer loads everything.
const CHANGES: usize = 1_024;

/// The largest revision that stands in the stream of changes itself, so that a watcher needs no second command. With
/// as many changes as are kept, the stream holds at most 16 MiB; larger revisions are fetched from their history.
const INLINE: usize = 16 << 10;

/// How long replicas may take to confirm a revision.
const CONFIRM: Duration = Duration::from_secs(2);

/// How many revisions of a history are asked for at once.
const PAGE: usize = 256;

pub(super) async fn load(session: &mut Session<'_>, keys: &Keys) -> Result<Loaded, Failure> {
    let epoch = epoch(session, keys).await?;
    // The place first: what is appended in between is seen again by whoever watches from it.
    let place = newest_place(session, keys, epoch).await?;
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
    Ok(Loaded { entries, cursor: place.cursor() })
}

pub(super) async fn append(
    session: &mut Session<'_>,
    keys: &Keys,
    expected: Expected,
    entry: &Entry,
) -> Result<Appended, Failure> {
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
        Value::Okay | Value::SimpleString(_) => Appended::Done,
        Value::Nil => Appended::Conflict(None),
        other => {
            let (version, value): (u64, Vec<u8>) = from_redis_value(other)?;
            let standing = unpack(&entry.feature, &value).unwrap_or_else(|| damaged(&entry.feature, version, &value));
            Appended::Conflict(Some(standing))
        }
    };
    // A writer whose reply was lost is told of its own revision: that is as good as done, and has to be as safe.
    let written = match &appended {
        Appended::Done => true,
        Appended::Conflict(standing) => standing.as_ref().is_some_and(|standing| standing.id == entry.id),
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
    Ok(entries)
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
    let versions: Vec<(Vec<u8>, Vec<u8>)> = session.command(cmd("HGETALL").arg(keys.versions())).await?;
    let read = |(feature, version)| {
        let version = String::from_utf8(version).ok()?.parse().ok()?;
        Some((String::from_utf8(feature).ok()?, version))
    };
    Ok(versions.into_iter().filter_map(read).collect())
}

/// The epoch, which begins if there is none.
pub(super) async fn epoch(session: &mut Session<'_>, keys: &Keys) -> Result<String, Failure> {
    if let Some(epoch) = standing_epoch(session, keys).await? {
        return Ok(epoch);
    }
    let begin = cmd("SET").arg(keys.epoch()).arg(random_epoch()).arg("NX").take();
    session.command::<Value>(&begin).await?;
    let lost = || Error::new(ErrorKind::Unavailable, "the store was emptied while it was read").into();
    standing_epoch(session, keys).await?.ok_or_else(lost)
}

/// The epoch, if one has begun.
pub(super) async fn standing_epoch(session: &mut Session<'_>, keys: &Keys) -> Result<Option<String>, Failure> {
    session.command(cmd("GET").arg(keys.epoch())).await
}

/// The place after the newest change.
pub(super) async fn newest_place(session: &mut Session<'_>, keys: &Keys, epoch: String) -> Result<Place, Failure> {
    let command = cmd("XREVRANGE").arg(keys.changes()).arg("+").arg("-").arg("COUNT").arg(1).take();
    let newest: Vec<StreamEntry> = session.command(&command).await?;
    Ok(newest.first().map_or_else(|| Place::start(epoch.clone()), |change| Place::after(epoch.clone(), change)))
}

pub(super) fn random_epoch() -> String {
    format!("{:016x}", fastrand::u64(..))
}

/// The newest revision of a feature by its history, which is looked at where `current` is damaged.
async fn newest(session: &mut Session<'_>, keys: &Keys, feature: &str) -> Result<Option<Entry>, Failure> {
    let command = cmd("XREVRANGE").arg(keys.history(feature)).arg("+").arg("-").arg("COUNT").arg(1).take();
    let found = session.command(&command).await;
    first(feature, found)
}

/// The first entry of a history. One that is of another type harms this feature alone.
fn first(feature: &str, found: Result<Vec<StreamEntry>, Failure>) -> Result<Option<Entry>, Failure> {
    match found {
        Ok(revisions) => Ok(revisions.first().map(|revision| entry(feature, revision))),
        Err(Failure::Redis(error)) if error.code() == Some("WRONGTYPE") => Ok(None),
        Err(failure) => Err(failure),
    }
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
        Err(failure @ Failure::Redis(_)) if !failure.spoils() => Err(failure),
        // It is written; the connection broke only afterwards.
        Err(_) => Err(unconfirmed().into()),
    }
}

/// How many replicas a server says it has.
fn replicas(info: &str) -> u32 {
    let count = info.lines().find_map(|line| line.strip_prefix("connected_slaves:"));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}
