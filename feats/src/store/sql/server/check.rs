//! Checks of a server: settings that can lose data, whether it can be written, lost revisions; and facts for diagnosis.

use super::connection::Server;
use super::macros::with_session;
use super::product::Product;
use super::schema::TABLES;
use crate::error::Result as Answer;
use crate::model::Timestamp;
use crate::store::sql::error::Failure;
use crate::store::sql::revisions;
use crate::store::sql::session::Session;
use crate::store::{ServerReport, gaps};

/// The settings that matter to durability and order.
#[cfg(feature = "postgres")]
const POSTGRES_SETTINGS: &str = "'fsync', 'synchronous_commit', 'full_page_writes', 'transaction_read_only',
    'default_transaction_isolation', 'in_hot_standby'";
#[cfg(feature = "mysql")]
const MYSQL_SETTINGS: &str = "'innodb_flush_log_at_trx_commit', 'sync_binlog', 'innodb_doublewrite', 'read_only',
    'max_allowed_packet', 'log_bin'";

/// Returns warnings for operators.
pub(super) async fn check(server: &Server) -> Answer<Vec<String>> {
    let gaps = with_session!(server, |session| revisions::gaps(session))?;
    let settings = with_session!(server, |session| settings(session, server.product()))?;
    let mut warnings = Vec::from_iter(gaps::warning(gaps));
    warnings.extend(settings.iter().filter_map(|(name, value)| warning(name, value)));
    Ok(warnings)
}

/// Returns the warning about a setting.
fn warning(name: &str, value: &str) -> Option<String> {
    let is_on = value.eq_ignore_ascii_case("on") || value == "1";
    let warning = match (name, value) {
        ("fsync" | "full_page_writes", _) if !is_on => {
            format!("with {name}={value}, a crash of the server's machine can damage the database; set {name}=on")
        }
        ("synchronous_commit", "off") => {
            format!("with {name}={value}, a crash of the server loses the last revisions; set {name}=on")
        }
        ("innodb_flush_log_at_trx_commit", value) if value != "1" => {
            format!("with {name}={value}, a crash of the server loses the last revisions; set {name}=1")
        }
        ("innodb_doublewrite", _) if matches!(value, "OFF" | "0") => {
            format!("with {name}={value}, a crash of the server's machine can damage the database; set {name}=ON")
        }
        ("transaction_read_only" | "read_only" | "in_hot_standby", _) if is_on => {
            format!("nothing can be published: the server is read-only ({name}={value})")
        }
        _ => return None,
    };
    Some(warning)
}

/// Returns facts about the server.
pub(super) async fn report(server: &Server) -> Answer<ServerReport> {
    with_session!(server, |session| read_report(session, server.product()))
}

async fn read_report(session: &mut Session, product: Product) -> Result<ServerReport, Failure> {
    let version = match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => "SELECT current_setting('server_version'), @now",
        #[cfg(feature = "mysql")]
        Product::MySql => "SELECT VERSION(), @now",
    };
    let mut report = ServerReport::default();
    if let Some(mut row) = session.fetch_first(version, &[]).await? {
        let version = row.text(0)?;
        let name = if version.contains("MariaDB") { "MariaDB" } else { product.name() };
        report.version = Some(format!("{name} {version}"));
        report.time = Some(Timestamp::from_millis(row.integer(1)?));
    }
    report.settings = settings(session, product).await?;
    report.missing_rights = missing_rights(session, product).await?;
    Ok(report)
}

async fn settings(session: &mut Session, product: Product) -> Result<Vec<(String, String)>, Failure> {
    let rows = match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => {
            let sql =
                format!("SELECT name, setting FROM pg_settings WHERE name IN ({POSTGRES_SETTINGS}) ORDER BY name");
            session.fetch(&sql, &[]).await?
        }
        #[cfg(feature = "mysql")]
        Product::MySql => {
            session.fetch(&format!("SHOW GLOBAL VARIABLES WHERE Variable_name IN ({MYSQL_SETTINGS})"), &[]).await?
        }
    };
    rows.into_iter().map(|mut row| Ok((row.text(0)?, row.text(1)?))).collect()
}

/// Returns the rights on tables that the user lacks.
async fn missing_rights(session: &mut Session, product: Product) -> Result<Vec<String>, Failure> {
    let mut missing = Vec::new();
    match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => {
            for name in TABLES {
                let table = session.tables.table(name);
                for right in rights(name) {
                    let held = "SELECT has_table_privilege($1, $2)";
                    let row = session.fetch_first(held, &[(&table).into(), (*right).into()]).await?;
                    if row.map_or(Ok(1), |row| row.integer(0))? == 0 {
                        missing.push(format!("{right} ON {table}"));
                    }
                }
            }
        }
        #[cfg(feature = "mysql")]
        Product::MySql => {
            let Some(granted) = granted(session).await? else { return Ok(missing) };
            for name in TABLES {
                let table = format!("{}{name}", session.tables.prefix);
                let holds =
                    |right: &str| granted.iter().any(|(of, held)| held == right && (of.is_empty() || *of == table));
                let lacking = rights(name).iter().filter(|right| !holds(right));
                missing.extend(lacking.map(|right| format!("{right} ON {table}")));
            }
        }
    }
    Ok(missing)
}

/// Returns the rights of the user, each with a table, or with an empty name if it applies to all tables. `None` if the user has a
/// role, of which the server lists no rights.
#[cfg(feature = "mysql")]
async fn granted(session: &mut Session) -> Result<Option<Vec<(String, String)>>, Failure> {
    let Some(mut row) = session.fetch_first("SELECT CURRENT_USER(), CURRENT_ROLE()", &[]).await? else {
        return Ok(None);
    };
    let (user, role) = (row.text(0)?, row.optional_text(1)?);
    let Some((user, host)) = user.rsplit_once('@').filter(|_| role.is_none_or(|role| role == "NONE")) else {
        return Ok(None);
    };
    let grantee = format!("'{user}'@'{host}'");
    let granted = "SELECT '', privilege_type FROM information_schema.user_privileges WHERE grantee = $1
        UNION SELECT '', privilege_type FROM information_schema.schema_privileges
            WHERE grantee = $1 AND DATABASE() LIKE table_schema
        UNION SELECT table_name, privilege_type FROM information_schema.table_privileges
            WHERE grantee = $1 AND table_schema = DATABASE()";
    let rows = session.fetch(granted, &[(&grantee).into()]).await?;
    rows.into_iter().map(|mut row| Ok((row.text(0)?, row.text(1)?))).collect::<Result<_, Failure>>().map(Some)
}

/// Returns the rights on a table that a program needs.
fn rights(table: &str) -> &'static [&'static str] {
    match table {
        "meta" => &["SELECT", "UPDATE"],
        "revisions" | "assignments" => &["SELECT", "INSERT"],
        "current" => &["SELECT", "INSERT", "UPDATE"],
        _ => &["SELECT", "INSERT", "UPDATE", "DELETE"],
    }
}
