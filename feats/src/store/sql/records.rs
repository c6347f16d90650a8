//! Records.

use std::time::Duration;

use super::error::Failure;
use super::session::Session;
use super::value::milliseconds;
use crate::store::Record;

pub(super) async fn put(
    session: &mut Session,
    kind: &str,
    key: &str,
    bytes: &[u8],
    ttl: Option<Duration>,
) -> Result<(), Failure> {
    session.check_size(bytes.len())?;
    let insert = "INSERT INTO ~records (kind, @key, bytes, expires) VALUES ($1, $2, $3, @now + $4)
        @upsert(kind, key) bytes = @new(bytes), expires = @new(expires)";
    let values = [kind.into(), key.into(), bytes.into(), ttl.map(milliseconds).into()];
    session.execute(insert, &values).await?;
    delete_expired(session).await
}

/// Deletes a few expired records, one by one: a statement for all of them would lock the records between them in MySQL.
async fn delete_expired(session: &mut Session) -> Result<(), Failure> {
    let some = "SELECT kind, @key FROM ~records WHERE expires <= @now ORDER BY expires LIMIT 16";
    for mut row in session.fetch(some, &[]).await? {
        let (kind, key) = (row.text(0)?, row.text(1)?);
        let delete = "DELETE FROM ~records WHERE kind = $1 AND @key = $2 AND expires <= @now";
        session.execute(delete, &[(&kind).into(), (&key).into()]).await?;
    }
    Ok(())
}

pub(super) async fn list(session: &mut Session, kind: &str) -> Result<Vec<Record>, Failure> {
    let sql = "SELECT @key, bytes FROM ~records WHERE kind = $1 AND (expires IS NULL OR expires > @now) ORDER BY @key";
    let rows = session.fetch(sql, &[kind.into()]).await?;
    rows.into_iter().map(|mut row| Ok(Record { key: row.text(0)?, bytes: row.bytes(1)? })).collect()
}
