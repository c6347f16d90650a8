//! Revisions in SQL: load, append, history, and the changes after a cursor.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Row, query, query_as, query_scalar};

use super::error::Failure;
use crate::error::{Error, ErrorKind};
use crate::model::{Entry, Hash};
use crate::store::{Cursor, LoadedStates, Page, RevisionStamp, WatchEvent};

/// A position in the order of commits: the row of the last revision seen, and the id of that revision. If the id differs, the
/// file was restored from an older copy and written since.
struct CommitPosition {
    epoch: String,
    seq: i64,
    id: String,
}

pub(super) async fn load(connection: &mut SqliteConnection) -> Result<LoadedStates, Failure> {
    let mut snapshot = connection.begin().await?;
    let cursor = CommitPosition::newest(&mut snapshot).await?.cursor();
    // Read from the revisions themselves, not from `current`: if the newest one of a feature is lost, running programs retain it,
    // and new programs use the newest one that is left.
    let rows = query(
        "SELECT r.feature, r.version, r.id, r.hash, r.removed, r.bytes, c.seq <> r.seq AS is_elsewhere
         FROM (SELECT feature, max(version) AS version FROM revisions GROUP BY feature) n
         JOIN revisions r ON r.feature = n.feature AND r.version = n.version
         LEFT JOIN current c ON c.feature = n.feature AND c.version = n.version",
    )
    .fetch_all(&mut *snapshot)
    .await?;
    let listed: i64 = query_scalar("SELECT count(*) FROM current").fetch_one(&mut *snapshot).await?;
    snapshot.rollback().await?;
    let mut is_inconsistent = rows.is_empty() && listed > 0;
    for row in &rows {
        is_inconsistent |= row.try_get::<Option<i64>, _>("is_elsewhere")? == Some(1);
    }
    if is_inconsistent {
        return Err(damaged("a list of newest revisions that do not exist"));
    }
    Ok(LoadedStates { entries: entries(rows)?, cursor })
}

/// Appends a revision. Returns its position, or the newest revision in case of a conflict.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    expected: RevisionStamp,
    entry: &Entry,
) -> Result<Result<Cursor, Option<Entry>>, Failure> {
    let version = i64::try_from(entry.version)
        .map_err(|_| Error::new(ErrorKind::Invalid, "SQLite supports versions up to 63 bits"))?;
    forget_pages(connection).await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let newest: Option<(i64, Vec<u8>)> =
        query_as("SELECT version, hash FROM revisions WHERE feature = ? ORDER BY version DESC LIMIT 1")
            .bind(&entry.feature)
            .fetch_optional(&mut *transaction)
            .await?;
    let newest = match newest {
        Some((version, hash)) => RevisionStamp { version: unsigned(version)?, hash: digest(&hash)? },
        None => RevisionStamp::default(),
    };
    if newest != expected {
        let first = Page { before: None, limit: 1 };
        let conflict = stored_page(&mut transaction, &entry.feature, first).await?.pop();
        transaction.rollback().await?;
        return Ok(Err(conflict));
    }
    let inserted =
        query("INSERT INTO revisions (feature, version, id, hash, removed, bytes) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(&entry.feature)
            .bind(version)
            .bind(&entry.id)
            .bind(entry.hash.0.as_slice())
            .bind(entry.removed)
            .bind(entry.bytes.as_slice())
            .execute(&mut *transaction)
            .await?;
    query(
        "INSERT INTO current (feature, version, seq) VALUES (?1, ?2, ?3)
           ON CONFLICT (feature) DO UPDATE SET version = ?2, seq = ?3",
    )
    .bind(&entry.feature)
    .bind(version)
    .bind(inserted.last_insert_rowid())
    .execute(&mut *transaction)
    .await?;
    let epoch = epoch(&mut transaction).await?;
    transaction.commit().await?;
    Ok(Ok(CommitPosition { epoch, seq: inserted.last_insert_rowid(), id: entry.id.clone() }.cursor()))
}

pub(super) async fn history(
    connection: &mut SqliteConnection,
    feature: &str,
    page: Page,
) -> Result<Vec<Entry>, Failure> {
    // Read before the page: a revision that is appended in between is newer.
    let newest: Option<i64> = query_scalar("SELECT version FROM current WHERE feature = ?")
        .bind(feature)
        .fetch_optional(&mut *connection)
        .await?;
    let kept = stored_page(connection, feature, page).await?;
    Ok(page.filled(feature, unsigned(newest.unwrap_or(0))?, kept)?)
}

/// Reads the revisions of a page that the tables have.
async fn stored_page(connection: &mut SqliteConnection, feature: &str, page: Page) -> Result<Vec<Entry>, Failure> {
    let newest = page.before.map_or(u64::MAX, |before| before.saturating_sub(1));
    let rows = query(
        "SELECT feature, version, id, hash, removed, bytes FROM revisions
         WHERE feature = ? AND version <= ? ORDER BY version DESC LIMIT ?",
    )
    .bind(feature)
    .bind(i64::try_from(newest).unwrap_or(i64::MAX))
    .bind(i64::try_from(page.limit).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    entries(rows)
}

pub(super) async fn versions(connection: &mut SqliteConnection) -> Result<Vec<(String, u64)>, Failure> {
    let newest = "SELECT feature, max(version) FROM revisions GROUP BY feature";
    let rows: Vec<(String, i64)> = query_as(newest).fetch_all(connection).await?;
    rows.into_iter().map(|(feature, version)| Ok((feature, unsigned(version)?))).collect()
}

/// Returns the features with incomplete histories: the newest version that existed, and the number of revisions left.
pub(super) async fn gaps(connection: &mut SqliteConnection) -> Result<Vec<(String, u64, u64)>, Failure> {
    let rows: Vec<(String, i64, i64)> = query_as(
        "SELECT feature, max(newest), sum(kept) FROM (
             SELECT feature, max(version) AS newest, count(*) AS kept FROM revisions GROUP BY feature
             UNION ALL SELECT feature, version, 0 FROM current
         ) GROUP BY feature HAVING max(newest) <> sum(kept)",
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(|(feature, newest, kept)| Ok((feature, unsigned(newest)?, unsigned(kept)?))).collect()
}

pub(super) async fn epoch(connection: &mut SqliteConnection) -> Result<String, Failure> {
    Ok(query_scalar("SELECT epoch FROM meta").fetch_one(connection).await?)
}

/// Returns a number that changes when another connection commits. Comparable only on one connection.
pub(super) async fn data_version(connection: &mut SqliteConnection) -> Result<i64, Failure> {
    Ok(query_scalar("PRAGMA data_version").fetch_one(connection).await?)
}

/// Returns the newest revision of every feature that changed after a cursor.
pub(super) async fn changes(connection: &mut SqliteConnection, after: &Cursor) -> Result<WatchEvent, Failure> {
    let Some(position) = CommitPosition::parse(after) else { return Ok(WatchEvent::Gap) };
    let mut snapshot = connection.begin().await?;
    if !position.is_valid(&mut snapshot).await? {
        snapshot.rollback().await?;
        return Ok(WatchEvent::Gap);
    }
    // CROSS JOIN fixes the order: each changed row is looked up in `current` by name, not the other way round.
    let rows = query(
        "SELECT r.feature, r.version, r.id, r.hash, r.removed, r.bytes
         FROM revisions r CROSS JOIN current c ON c.feature = r.feature AND c.seq = r.seq
         WHERE r.seq > ? ORDER BY r.seq",
    )
    .bind(position.seq)
    .fetch_all(&mut *snapshot)
    .await?;
    let cursor = if rows.is_empty() { after.clone() } else { CommitPosition::newest(&mut snapshot).await?.cursor() };
    snapshot.rollback().await?;
    Ok(WatchEvent::Changes { entries: entries(rows)?, cursor })
}

/// Returns `true` if a cursor of the current epoch is not valid any more: the file was emptied or restored from an older copy.
pub(super) async fn is_lost(connection: &mut SqliteConnection, cursor: &Cursor) -> Result<bool, Failure> {
    let Some(position) = CommitPosition::parse(cursor) else { return Ok(false) };
    Ok(epoch(connection).await? == position.epoch && !position.is_valid(connection).await?)
}

/// Drops the cached pages. If the file was overwritten with a copy, SQLite would continue with the cached pages, and write some
/// of them into the copy.
pub(super) async fn forget_pages(connection: &mut SqliteConnection) -> Result<(), Failure> {
    sqlx::raw_sql("PRAGMA shrink_memory").execute(connection).await?;
    Ok(())
}

/// Changes the epoch if a cursor of the current epoch is lost. The first program that detects it does this, and all others see
/// the new epoch.
pub(super) async fn change_epoch(connection: &mut SqliteConnection, lost: &Cursor) -> Result<(), Failure> {
    if !is_lost(connection, lost).await? {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    if is_lost(&mut transaction, lost).await? {
        query("UPDATE meta SET epoch = lower(hex(randomblob(8)))").execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(())
}

impl CommitPosition {
    async fn newest(connection: &mut SqliteConnection) -> Result<Self, Failure> {
        let newest: Option<(i64, String)> = query_as("SELECT seq, id FROM revisions ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut *connection)
            .await?;
        let (seq, id) = newest.unwrap_or_default();
        Ok(Self { epoch: epoch(connection).await?, seq, id })
    }

    /// Returns `true` if the position exists in the current database.
    async fn is_valid(&self, connection: &mut SqliteConnection) -> Result<bool, Failure> {
        if epoch(connection).await? != self.epoch {
            return Ok(false);
        }
        let id: Option<String> =
            query_scalar("SELECT id FROM revisions WHERE seq = ?").bind(self.seq).fetch_optional(connection).await?;
        Ok(id.unwrap_or_default() == self.id)
    }

    fn cursor(&self) -> Cursor {
        Cursor(format!("{}:{}:{}", self.epoch, self.seq, self.id))
    }

    fn parse(cursor: &Cursor) -> Option<Self> {
        let (epoch, rest) = cursor.0.split_once(':')?;
        let (seq, id) = rest.split_once(':')?;
        Some(Self { epoch: epoch.to_owned(), seq: seq.parse().ok()?, id: id.to_owned() })
    }
}

fn entries(rows: Vec<SqliteRow>) -> Result<Vec<Entry>, Failure> {
    rows.iter().map(entry).collect()
}

fn entry(row: &SqliteRow) -> Result<Entry, Failure> {
    Ok(Entry {
        feature: row.try_get("feature")?,
        version: unsigned(row.try_get("version")?)?,
        id: row.try_get("id")?,
        hash: digest(row.try_get("hash")?)?,
        removed: row.try_get("removed")?,
        bytes: row.try_get("bytes")?,
    })
}

fn unsigned(version: i64) -> Result<u64, Failure> {
    u64::try_from(version).map_err(|_| damaged("a negative version"))
}

fn digest(bytes: &[u8]) -> Result<Hash, Failure> {
    bytes.try_into().map(Hash).map_err(|_| damaged("a hash that does not have 32 bytes"))
}

fn damaged(found: &str) -> Failure {
    Error::new(ErrorKind::Corrupt, format!("the tables contain {found}; restore the file from a backup")).into()
}
