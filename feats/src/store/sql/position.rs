//! Positions in the order of commits.

use super::error::Failure;
use super::session::Session;
use crate::store::Cursor;

/// The position of the last revision seen, and the id of that revision. If the id differs, the database was restored from an older
/// copy and written since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommitPosition {
    pub(super) epoch: String,
    pub(super) seq: i64,
    pub(super) id: String,
}

/// What the database has at a position.
pub(super) struct Found {
    pub(super) epoch: String,
    /// The position of the newest commit.
    pub(super) newest: i64,
    /// The id of the revision at the position that was asked for.
    id: Option<String>,
}

impl CommitPosition {
    /// Returns the position of the newest revision.
    pub(super) async fn newest(session: &mut Session) -> Result<Self, Failure> {
        let epoch = epoch(session).await?;
        let row = session.fetch_first("SELECT seq, id FROM ~revisions ORDER BY seq DESC LIMIT 1", &[]).await?;
        match row {
            Some(mut row) => Ok(Self { epoch, seq: row.integer(0)?, id: row.text(1)? }),
            None => Ok(Self { epoch, seq: 0, id: String::new() }),
        }
    }

    /// Returns what the database has at this position, with one statement.
    pub(super) async fn find(&self, session: &mut Session) -> Result<Found, Failure> {
        let sql = "SELECT m.epoch, @position, (SELECT r.id FROM ~revisions AS r WHERE r.seq = $1) FROM ~meta AS m";
        let mut row = session.fetch_first(sql, &[self.seq.into()]).await?.ok_or(Failure::Emptied)?;
        Ok(Found { epoch: row.text(0)?, newest: row.integer(1)?, id: row.optional_text(2)? })
    }

    /// Returns `true` if the position exists in the current database.
    pub(super) fn is_valid(&self, found: &Found) -> bool {
        found.epoch == self.epoch && found.id.as_deref().unwrap_or_default() == self.id
    }

    /// Returns `true` if the position is of the current epoch, but does not exist any more: the database was emptied or restored
    /// from an older copy.
    pub(super) fn is_lost(&self, found: &Found) -> bool {
        found.epoch == self.epoch && !self.is_valid(found)
    }

    pub(super) fn cursor(&self) -> Cursor {
        Cursor(format!("{}:{}:{}", self.epoch, self.seq, self.id))
    }

    pub(super) fn parse(cursor: &Cursor) -> Option<Self> {
        let (epoch, rest) = cursor.0.split_once(':')?;
        let (seq, id) = rest.split_once(':')?;
        Some(Self { epoch: epoch.to_owned(), seq: seq.parse().ok()?, id: id.to_owned() })
    }
}

/// Locks the position of the newest commit until the transaction ends. Returns the next position, and the epoch.
pub(super) async fn advance(session: &mut Session) -> Result<(i64, String), Failure> {
    let counts = session.tables.dialect.counts_positions();
    if counts {
        // By its key: without one, MySQL also locks what is beside the row.
        session.execute("UPDATE ~meta SET position = position + 1 WHERE one = 1", &[]).await?;
    }
    let row = session.fetch_first("SELECT @position, m.epoch FROM ~meta AS m", &[]).await?;
    let mut row = row.ok_or(Failure::Emptied)?;
    let position = row.integer(0)?;
    Ok((if counts { position } else { position.saturating_add(1) }, row.text(1)?))
}

pub(super) async fn epoch(session: &mut Session) -> Result<String, Failure> {
    session.fetch_first("SELECT epoch FROM ~meta", &[]).await?.ok_or(Failure::Emptied)?.text(0)
}

/// Changes the epoch if a position of the current epoch is lost. The first program that detects it does this, and all others see
/// the new epoch.
pub(super) async fn change_epoch(session: &mut Session, lost: &CommitPosition) -> Result<(), Failure> {
    if !lost.is_lost(&lost.find(session).await?) {
        return Ok(());
    }
    session.begin().await?;
    // The row lock: another program may have changed the epoch in between.
    session.fetch("SELECT epoch FROM ~meta WHERE one = 1 @locked", &[]).await?;
    if lost.is_lost(&lost.find(session).await?) {
        let epoch = format!("{:016x}", fastrand::u64(..));
        session.execute("UPDATE ~meta SET epoch = $1 WHERE one = 1", &[(&epoch).into()]).await?;
    }
    session.commit().await
}
