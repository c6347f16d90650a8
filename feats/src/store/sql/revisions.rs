//! Revisions: load, append, history, and the changes after a position.

use super::error::Failure;
use super::notify::notify;
use super::position::{CommitPosition, advance, epoch};
use super::session::Session;
use super::value::{Row, damaged};
use crate::error::{Error, ErrorKind};
use crate::model::Entry;
use crate::store::{LoadedStates, Page, RevisionStamp, WatchEvent};

pub(super) async fn load(session: &mut Session) -> Result<LoadedStates, Failure> {
    session.begin_snapshot().await?;
    let cursor = CommitPosition::newest(session).await?.cursor();
    // Read from the revisions themselves, not from `current`: if the newest one of a feature is lost, running programs retain it,
    // and new programs use the newest one that is left.
    let rows = session
        .fetch(
            "SELECT r.feature, r.version, r.id, r.hash, r.removed, r.bytes, r.seq, c.seq
             FROM (SELECT feature, max(version) AS version FROM ~revisions GROUP BY feature) AS n
             JOIN ~revisions AS r ON r.feature = n.feature AND r.version = n.version
             LEFT JOIN ~current AS c ON c.feature = n.feature AND c.version = n.version",
            &[],
        )
        .await?;
    let listed = session.fetch_first("SELECT count(*) FROM ~current", &[]).await?;
    session.rollback().await?;
    let listed = listed.map_or(Ok(0), |row| row.integer(0))?;
    let mut is_inconsistent = rows.is_empty() && listed > 0;
    for row in &rows {
        is_inconsistent |= row.optional_integer(7)?.is_some_and(|seq| row.integer(6).ok() != Some(seq));
    }
    if is_inconsistent {
        return Err(damaged("a list of newest revisions that do not exist"));
    }
    Ok(LoadedStates { entries: entries(rows)?, cursor })
}

/// Appends a revision. Returns its position, or the newest revision in case of a conflict.
///
/// The transaction locks the position of the newest commit with its first statement and holds the lock until it commits, so
/// positions are in the order of commits, and the transaction sees every append before it.
pub(super) async fn append(
    session: &mut Session,
    expected: RevisionStamp,
    entry: &Entry,
) -> Result<Result<CommitPosition, Option<Entry>>, Failure> {
    let version = i64::try_from(entry.version)
        .map_err(|_| Error::new(ErrorKind::Invalid, "the database supports versions up to 63 bits"))?;
    session.check_size(entry.bytes.len() + entry.feature.len() + entry.id.len())?;
    session.begin().await?;
    let (seq, epoch) = advance(session).await?;
    let newest = session
        .fetch_first(
            "SELECT version, hash FROM ~revisions WHERE feature = $1 ORDER BY version DESC LIMIT 1",
            &[(&entry.feature).into()],
        )
        .await?;
    let newest = match newest {
        Some(mut row) => RevisionStamp { version: row.unsigned(0)?, hash: row.hash(1)? },
        None => RevisionStamp::default(),
    };
    if newest != expected {
        let first = Page { before: None, limit: 1 };
        let conflict = stored_page(session, &entry.feature, first).await?.pop();
        session.rollback().await?;
        return Ok(Err(conflict));
    }
    session
        .execute(
            "INSERT INTO ~revisions (seq, feature, version, id, hash, removed, bytes)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                seq.into(),
                (&entry.feature).into(),
                version.into(),
                (&entry.id).into(),
                entry.hash.0.as_slice().into(),
                i64::from(entry.removed).into(),
                entry.bytes.as_slice().into(),
            ],
        )
        .await?;
    session
        .execute(
            "INSERT INTO ~current (feature, version, seq) VALUES ($1, $2, $3) @upsert(feature) version = $2, seq = $3",
            &[(&entry.feature).into(), version.into(), seq.into()],
        )
        .await?;
    notify(session).await?;
    session.commit().await?;
    Ok(Ok(CommitPosition { epoch, seq, id: entry.id.clone() }))
}

pub(super) async fn history(session: &mut Session, feature: &str, page: Page) -> Result<Vec<Entry>, Failure> {
    // Read before the page: a revision that is appended in between is newer.
    let newest = session.fetch_first("SELECT version FROM ~current WHERE feature = $1", &[feature.into()]).await?;
    let newest = newest.map_or(Ok(0), |row| row.unsigned(0))?;
    let kept = stored_page(session, feature, page).await?;
    Ok(page.filled(feature, newest, kept)?)
}

/// Reads the revisions of a page that the tables have.
async fn stored_page(session: &mut Session, feature: &str, page: Page) -> Result<Vec<Entry>, Failure> {
    let newest = page.before.map_or(u64::MAX, |before| before.saturating_sub(1));
    let (newest, limit) = (i64::try_from(newest).unwrap_or(i64::MAX), i64::try_from(page.limit).unwrap_or(i64::MAX));
    let sql = "SELECT feature, version, id, hash, removed, bytes FROM ~revisions
        WHERE feature = $1 AND version <= $2 ORDER BY version DESC LIMIT $3";
    entries(session.fetch(sql, &[feature.into(), newest.into(), limit.into()]).await?)
}

pub(super) async fn versions(session: &mut Session) -> Result<Vec<(String, u64)>, Failure> {
    let rows = session.fetch("SELECT feature, max(version) FROM ~revisions GROUP BY feature", &[]).await?;
    rows.into_iter().map(|mut row| Ok((row.text(0)?, row.unsigned(1)?))).collect()
}

/// Returns the features with incomplete histories: the newest version that existed, and the number of revisions left.
pub(super) async fn gaps(session: &mut Session) -> Result<Vec<(String, u64, u64)>, Failure> {
    let sql = "SELECT feature, max(newest), max(kept) FROM (
            SELECT feature, max(version) AS newest, count(*) AS kept FROM ~revisions GROUP BY feature
            UNION ALL SELECT feature, version, 0 FROM ~current
        ) AS found GROUP BY feature HAVING max(newest) <> max(kept)";
    let rows = session.fetch(sql, &[]).await?;
    rows.into_iter().map(|mut row| Ok((row.text(0)?, row.unsigned(1)?, row.unsigned(2)?))).collect()
}

/// Returns the newest revision of every feature that changed after a position; `None` if nothing changed. `appended` is the newest
/// position that this handle appended: if it is lost, there is a gap too.
pub(super) async fn changes(
    session: &mut Session,
    after: &CommitPosition,
    appended: Option<&CommitPosition>,
) -> Result<Option<WatchEvent>, Failure> {
    // An idle poll is this one statement.
    let found = after.find(session).await?;
    if !after.is_valid(&found) {
        return Ok(Some(WatchEvent::Gap));
    }
    if let Some(appended) = appended
        && appended.seq > after.seq
        && appended.is_lost(&appended.find(session).await?)
    {
        return Ok(Some(WatchEvent::Gap));
    }
    if found.newest == after.seq {
        return Ok(None);
    }
    session.begin_snapshot().await?;
    if !after.is_valid(&after.find(session).await?) {
        session.rollback().await?;
        return Ok(Some(WatchEvent::Gap));
    }
    let sql = "SELECT r.feature, r.version, r.id, r.hash, r.removed, r.bytes, r.seq
        FROM ~revisions AS r @lookup ~current AS c ON c.feature = r.feature AND c.seq = r.seq
        WHERE r.seq > $1 ORDER BY r.seq";
    let rows = session.fetch(sql, &[after.seq.into()]).await?;
    let epoch = epoch(session).await?;
    session.rollback().await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let seq = last.integer(6)?;
    let entries = entries(rows)?;
    let id = entries.last().map(|entry| entry.id.clone()).unwrap_or_default();
    let cursor = CommitPosition { epoch, seq, id }.cursor();
    Ok(Some(WatchEvent::Changes { entries, cursor }))
}

fn entries(rows: Vec<Row>) -> Result<Vec<Entry>, Failure> {
    rows.into_iter().map(entry).collect()
}

fn entry(mut row: Row) -> Result<Entry, Failure> {
    Ok(Entry {
        feature: row.text(0)?,
        version: row.unsigned(1)?,
        id: row.text(2)?,
        hash: row.hash(3)?,
        removed: row.integer(4)? != 0,
        bytes: row.bytes(5)?,
    })
}
