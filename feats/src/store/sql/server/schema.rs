//! The schema: recognized, created and migrated to the newest version.

#[cfg(feature = "mysql")]
use super::connect::LOCK_TIMEOUT;
use super::error::{is_missing_column, is_missing_table, while_creating};
use super::product::Product;
use crate::error::{Error, ErrorKind};
use crate::store::sql::error::Failure;
use crate::store::sql::session::Session;
#[cfg(feature = "postgres")]
use crate::store::sql::value::Value;

/// The names of all tables, without the prefix.
pub(super) const TABLES: &[&str] =
    &["meta", "revisions", "current", "records", "counts", "counts_expiry", "assignments"];

/// The table that identifies the others. Its only row has the version of the schema, the epoch, and the position of the newest
/// commit. The version is 0 until all scripts have run: MySQL commits each of their statements by itself.
#[cfg(feature = "postgres")]
const POSTGRES_META: &str = r#"CREATE TABLE IF NOT EXISTS ~meta (
    one BIGINT PRIMARY KEY CHECK (one = 1), program TEXT COLLATE "C" NOT NULL, version BIGINT NOT NULL,
    epoch TEXT COLLATE "C" NOT NULL, position BIGINT NOT NULL)"#;
#[cfg(feature = "mysql")]
const MYSQL_META: &str = "CREATE TABLE IF NOT EXISTS ~meta (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1), program VARBINARY(800) NOT NULL, version BIGINT NOT NULL,
    epoch VARBINARY(800) NOT NULL, position BIGINT NOT NULL) ENGINE=InnoDB";

/// The value of the column `program`.
const PROGRAM: &str = "feats";

/// The version of the tables that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// The table `meta` does not exist.
    Nothing,
    /// The table `meta` is empty.
    Empty,
    Version(i64),
}

/// Ensures that the tables belong to feats and have the newest version; creates or migrates them if necessary. Any number of
/// programs can do this at the same time.
pub(super) async fn prepare(session: &mut Session, product: Product) -> Result<(), Failure> {
    migrate(session, product, scripts(product)).await
}

/// Returns one script for each version.
fn scripts(product: Product) -> &'static [&'static str] {
    match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => &[include_str!("postgres_1.sql")],
        #[cfg(feature = "mysql")]
        Product::MySql => &[include_str!("mysql_1.sql")],
    }
}

async fn migrate(session: &mut Session, product: Product, scripts: &[&str]) -> Result<(), Failure> {
    // A program that may not create tables only needs to read this.
    let found = found(session).await?;
    if pending(found, scripts)?.is_empty() && found != Found::Empty {
        return Ok(());
    }
    match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => {
            session.begin().await?;
            let lock = [Value::Integer(i64::from_ne_bytes(session.tables.id().to_ne_bytes()))];
            session.fetch("SELECT 1 FROM (SELECT pg_advisory_xact_lock($1)) AS locked", &lock).await?;
            let schema = session.tables.schema.clone();
            let exists = session.fetch("SELECT 1 FROM pg_namespace WHERE nspname = $1", &[(&schema).into()]).await?;
            if exists.is_empty() {
                session
                    .script(&format!("CREATE SCHEMA \"{schema}\""))
                    .await
                    .map_err(|failure| while_creating(failure, product))?;
            }
            apply(session, product, POSTGRES_META, scripts).await?;
            session.commit().await
        }
        #[cfg(feature = "mysql")]
        Product::MySql => {
            let seconds = LOCK_TIMEOUT.as_secs();
            let name = format!("'feats:{:016x}'", session.tables.id());
            let locked = session.fetch_first(&format!("SELECT GET_LOCK({name}, {seconds})"), &[]).await?;
            if locked.and_then(|row| row.integer(0).ok()) != Some(1) {
                let message = "another program is creating or migrating the tables";
                return Err(Error::new(ErrorKind::Timeout, message).into());
            }
            apply(session, product, MYSQL_META, scripts).await?;
            session.fetch(&format!("SELECT RELEASE_LOCK({name})"), &[]).await.map(drop)
        }
    }
}

/// Creates or migrates the tables. Called with the lock.
async fn apply(session: &mut Session, product: Product, meta: &str, scripts: &[&str]) -> Result<(), Failure> {
    let existing = existing(session, product).await?;
    let mut found = match existing.iter().any(|name| name == "meta") {
        true => found(session).await?,
        false if existing.is_empty() => Found::Nothing,
        false => return Err(foreign()),
    };
    if found != Found::Empty && found != Found::Nothing && pending(found, scripts)?.is_empty() {
        return Ok(());
    }
    if found == Found::Nothing {
        session.script(meta).await.map_err(|failure| while_creating(failure, product))?;
        found = Found::Empty;
    }
    // The scripts of a new schema skip tables that exist: an earlier attempt in MySQL may have been interrupted.
    let is_complete = TABLES.iter().all(|table| existing.iter().any(|name| name == table));
    if found != Found::Empty || !is_complete {
        for script in pending(found, scripts)? {
            session.script(script).await.map_err(|failure| while_creating(failure, product))?;
        }
    }
    let version = i64::try_from(scripts.len()).unwrap_or(i64::MAX);
    let epoch = format!("{:016x}", fastrand::u64(..));
    let values = [PROGRAM.into(), version.into(), (&epoch).into()];
    // Positions continue after those of revisions that are left.
    let insert = "INSERT INTO ~meta (one, program, version, epoch, position)
        SELECT 1, $1, $2, $3, coalesce(max(seq), 0) FROM ~revisions @upsert(one) version = $2";
    session.execute(insert, &values).await.map(drop)
}

/// Returns the names of the tables of feats that exist, without the prefix, whether or not the user may read them.
async fn existing(session: &mut Session, product: Product) -> Result<Vec<String>, Failure> {
    let tables = session.tables.clone();
    let mut found = Vec::new();
    let rows = match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => {
            let sql =
                "SELECT CAST(c.relname AS TEXT) FROM pg_class AS c JOIN pg_namespace AS s ON s.oid = c.relnamespace
                WHERE s.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";
            session.fetch(sql, &[(&tables.schema).into()]).await?
        }
        #[cfg(feature = "mysql")]
        Product::MySql => {
            let sql =
                "SELECT CAST(table_name AS BINARY) FROM information_schema.tables WHERE table_schema = DATABASE()";
            session.fetch(sql, &[]).await?
        }
    };
    for mut row in rows {
        let name = row.text(0)?;
        found.extend(name.strip_prefix(&tables.prefix).filter(|name| TABLES.contains(name)).map(str::to_owned));
    }
    Ok(found)
}

async fn found(session: &mut Session) -> Result<Found, Failure> {
    let row = match session.fetch_first("SELECT version, program FROM ~meta", &[]).await {
        Err(failure) if is_missing_table(&failure) => return Ok(Found::Nothing),
        Err(failure) if is_missing_column(&failure) => return Err(foreign()),
        row => row?,
    };
    let Some(mut row) = row else { return Ok(Found::Empty) };
    let (version, program) = (row.optional_integer(0).ok().flatten(), row.optional_text(1).ok().flatten());
    match (version, program.as_deref()) {
        (Some(version), Some(PROGRAM)) => Ok(Found::Version(version)),
        _ => Err(foreign()),
    }
}

/// Returns the scripts that have not run yet.
fn pending<'a, 'b>(found: Found, scripts: &'a [&'b str]) -> Result<&'a [&'b str], Failure> {
    let version = match found {
        Found::Nothing | Found::Empty => 0,
        Found::Version(version) => version,
    };
    let pending = usize::try_from(version).ok().and_then(|version| scripts.get(version..));
    pending.ok_or_else(|| {
        let message = format!(
            "the tables have schema version {version}, from a newer version of feats; this version supports up to {}",
            scripts.len()
        );
        Error::new(ErrorKind::Corrupt, message).into()
    })
}

fn foreign() -> Failure {
    let message = "tables of another program have the names of the tables of feats; choose another prefix";
    Error::new(ErrorKind::Corrupt, message).into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::sql::server::address::Address;
    use crate::store::sql::server::connect::{STATEMENT_TIMEOUT, configure, connect};
    use crate::store::sql::server::error::explain;

    /// A script that follows those of today.
    const NEXT: &str = "ALTER TABLE ~meta ADD COLUMN note BIGINT NOT NULL DEFAULT 7";

    #[cfg(feature = "postgres")]
    #[tokio::test]
    async fn tables_in_postgres_are_migrated_by_one_of_several_programs_and_keep_their_rows() {
        if !feats_servers::Postgres::available() {
            return;
        }
        let server = feats_servers::Postgres::start();
        check_migration(Product::Postgres, &server.database()).await;

        // A transaction contains the whole migration.
        let url = server.database();
        let mut session = open(Product::Postgres, &url).await;
        prepare(&mut session, Product::Postgres).await.unwrap();
        let broken = [scripts(Product::Postgres), &[NEXT, "ALTER TABLE ~nothing ADD COLUMN n BIGINT"]].concat();
        migrate(&mut session, Product::Postgres, &broken).await.unwrap_err();
        let mut session = open(Product::Postgres, &url).await;
        assert_eq!(found(&mut session).await.unwrap(), Found::Version(1));
        assert!(is_missing_column(&session.fetch("SELECT note FROM ~meta", &[]).await.unwrap_err()));
    }

    #[cfg(feature = "mysql")]
    #[tokio::test]
    async fn tables_in_mariadb_are_migrated_by_one_of_several_programs_and_keep_their_rows() {
        if !feats_servers::MariaDb::available() {
            return;
        }
        let server = feats_servers::MariaDb::start();
        check_migration(Product::MySql, &server.database()).await;
    }

    async fn check_migration(product: Product, url: &str) {
        let mut first = open(product, url).await;
        let mut second = open(product, url).await;
        prepare(&mut first, product).await.unwrap();
        let before = epoch(&mut first).await;
        let next = [scripts(product), &[NEXT]].concat();
        let migrated = tokio::join!(migrate(&mut first, product, &next), migrate(&mut second, product, &next));
        migrated.0.unwrap();
        migrated.1.unwrap();
        for session in [&mut first, &mut second] {
            assert_eq!(found(session).await.unwrap(), Found::Version(2));
            assert_eq!(
                session.fetch_first("SELECT note FROM ~meta", &[]).await.unwrap().unwrap().integer(0).unwrap(),
                7
            );
        }
        assert_eq!(epoch(&mut second).await, before);
        let refused = explain(prepare(&mut first, product).await.unwrap_err(), product);
        let message = "the tables have schema version 2, from a newer version of feats; this version supports up to 1";
        assert_eq!((refused.kind(), refused.message()), (ErrorKind::Corrupt, message));
    }

    async fn open(product: Product, url: &str) -> Session {
        let address = Address::parse(product, url).unwrap();
        let connection = connect(&address).await.unwrap();
        let mut session = Session::new(connection, Arc::new(address.tables()), Some(STATEMENT_TIMEOUT));
        configure(&mut session, product).await.unwrap();
        session
    }

    async fn epoch(session: &mut Session) -> String {
        session.fetch_first("SELECT epoch FROM ~meta", &[]).await.unwrap().unwrap().text(0).unwrap()
    }
}
