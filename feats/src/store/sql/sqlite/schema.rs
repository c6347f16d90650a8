//! The schema: recognized, created and migrated to the newest version.

use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, query_scalar, raw_sql};
use tokio::time::Instant;

use super::error::is_busy;
use crate::error::{Error, ErrorKind};
use crate::store::sql::error::Failure;
use crate::tasks::Backoff;

/// The application id in the header of the file: "feat" in ASCII.
const APPLICATION_ID: i32 = 0x6665_6174;

/// One script for each version; the first creates the tables. Each sets the `user_version` that it leads to.
const SCRIPTS: &[&str] = &[
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];

/// The header of a database file, and the number of its tables.
struct FileHeader {
    application: i32,
    version: i32,
    tables: i64,
}

/// Ensures that the database belongs to feats and has the newest version; creates or migrates it if necessary.
pub(super) async fn prepare(connection: &mut SqliteConnection, busy: Duration) -> Result<(), Failure> {
    migrate(connection, SCRIPTS, busy).await
}

async fn migrate(connection: &mut SqliteConnection, scripts: &[&'static str], busy: Duration) -> Result<(), Failure> {
    // Read in a transaction for a consistent view while another process creates the tables.
    let mut reading = connection.begin().await?;
    let found = FileHeader::read(&mut reading).await?;
    reading.rollback().await?;
    if found.pending_scripts(scripts)?.is_empty() {
        return Ok(());
    }
    if found.tables == 0 {
        write_ahead(connection, busy).await?;
    }
    let mut writing = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Another process may have migrated it in between.
    let found = FileHeader::read(&mut writing).await?;
    for script in found.pending_scripts(scripts)? {
        raw_sql(*script).execute(&mut *writing).await?;
    }
    writing.commit().await?;
    // So that a copy of the file without the log has the tables. If the file is in use, a later checkpoint does the rest.
    let _ = raw_sql("PRAGMA wal_checkpoint(PASSIVE)").execute(connection).await;
    Ok(())
}

/// Switches to a write-ahead log, with which readers and a writer do not wait for each other. The setting is persistent. Where a
/// log is impossible, as on some network drives, SQLite keeps its rollback journal, which is slower.
async fn write_ahead(connection: &mut SqliteConnection, busy: Duration) -> Result<(), Failure> {
    let (deadline, backoff) = (Instant::now() + busy, Backoff::brief());
    // For this statement SQLite does not apply its busy timeout.
    loop {
        match raw_sql("PRAGMA journal_mode = WAL").execute(&mut *connection).await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => backoff.wait().await,
            done => return Ok(done.map(drop)?),
        }
    }
}

impl FileHeader {
    async fn read(connection: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        Ok(Self {
            application: query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?,
            version: query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?,
            tables: query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut *connection).await?,
        })
    }

    /// Returns the scripts that have not run yet.
    fn pending_scripts<'a>(&self, scripts: &'a [&'static str]) -> Result<&'a [&'static str], Error> {
        let is_new = self.application == 0 && self.version == 0 && self.tables == 0;
        if self.application != APPLICATION_ID && !is_new {
            let message = "this is the database of another program; feats needs its own file";
            return Err(Error::new(ErrorKind::Corrupt, message));
        }
        let missing = usize::try_from(self.version).ok().and_then(|version| scripts.get(version..));
        missing.ok_or_else(|| {
            let message = format!(
                "the database has schema version {}, from a newer version of feats; this version supports up to {}",
                self.version,
                scripts.len()
            );
            Error::new(ErrorKind::Corrupt, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use sqlx::ConnectOptions;
    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;

    const BUSY: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn a_database_with_an_older_schema_is_migrated_and_keeps_its_rows() {
        let next = "PRAGMA user_version = 5; ALTER TABLE meta ADD COLUMN note TEXT NOT NULL DEFAULT 'new';";
        let (_directory, mut connection) = database().await;
        migrate(&mut connection, SCRIPTS, BUSY).await.unwrap();
        let epoch: String = query_scalar("SELECT epoch FROM meta").fetch_one(&mut connection).await.unwrap();

        let scripts = [SCRIPTS, &[next]].concat();
        migrate(&mut connection, &scripts, BUSY).await.unwrap();
        migrate(&mut connection, &scripts, BUSY).await.unwrap();

        let kept: (String, String) =
            sqlx::query_as("SELECT epoch, note FROM meta").fetch_one(&mut connection).await.unwrap();
        assert_eq!(kept, (epoch, "new".to_owned()));
        let refused = migrate(&mut connection, SCRIPTS, BUSY).await.unwrap_err();
        assert!(matches!(refused, Failure::Described(error) if error.message().contains("schema version 5")));
    }

    #[tokio::test]
    async fn a_failed_migration_changes_nothing() {
        let (_directory, mut connection) = database().await;
        migrate(&mut connection, SCRIPTS, BUSY).await.unwrap();
        let broken = "PRAGMA user_version = 5; DROP TABLE counts; ALTER TABLE nothing ADD COLUMN n;";

        migrate(&mut connection, &[SCRIPTS, &[broken]].concat(), BUSY).await.unwrap_err();

        migrate(&mut connection, SCRIPTS, BUSY).await.unwrap();
        let left: i64 = query_scalar("SELECT count(*) FROM counts").fetch_one(&mut connection).await.unwrap();
        assert_eq!(left, 0);
    }

    #[tokio::test]
    async fn rows_stored_by_seed_alone_belong_to_the_first_feature_with_that_seed() {
        let (_directory, mut connection) = database().await;
        migrate(&mut connection, &SCRIPTS[..2], BUSY).await.unwrap();
        let rows = r#"
            INSERT INTO revisions (feature, version, id, hash, removed, bytes) VALUES
                ('Noise', 1, 'i', zeroblob(32), 0, CAST('{"state":' AS BLOB)),
                ('Pay', 1, 'i', zeroblob(32), 0, CAST('{"state":{"otherwise":{"rollout":{"seed":"s1"}}}}' AS BLOB)),
                ('Fee', 1, 'i', zeroblob(32), 0, CAST('{"state":{"otherwise":{"rollout":{"seed":"s1"}}}}' AS BLOB)),
                ('Fee', 2, 'i', zeroblob(32), 0, CAST('{"state":{"otherwise":{"rollout":{"seed":"s2"}}}}' AS BLOB));
            INSERT INTO assignments VALUES ('s1', 'ada', 'acme'), ('s2', 'ada', 'premium'), ('s3', 'ada', 'other');
            INSERT INTO counts VALUES ('exposures', 's1', '1/acme', 7), ('uses', 's1', 'x', 8);"#;
        raw_sql(rows).execute(&mut connection).await.unwrap();
        migrate(&mut connection, SCRIPTS, BUSY).await.unwrap();

        let assigned: Vec<(String, String)> =
            sqlx::query_as("SELECT experiment, choice FROM assignments ORDER BY experiment")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        let pair = |name: &str, choice: &str| (name.to_owned(), choice.to_owned());
        assert_eq!(assigned, [pair("Fee\u{1f}s2", "premium"), pair("Pay\u{1f}s1", "acme"), pair("s3", "other")]);
        let counted: Vec<(String, i64)> =
            sqlx::query_as("SELECT key, n FROM counts ORDER BY kind").fetch_all(&mut connection).await.unwrap();
        assert_eq!(counted, [("Pay\u{1f}s1".to_owned(), 7), ("s1".to_owned(), 8)]);
    }

    async fn database() -> (tempfile::TempDir, SqliteConnection) {
        let directory = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(directory.path().join("feats.db")).create_if_missing(true);
        let connection = options.connect().await.unwrap();
        (directory, connection)
    }
}
