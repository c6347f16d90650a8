//! Opening connections.

use std::time::Duration;

use sqlx::Connection as _;
#[cfg(feature = "mysql")]
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
#[cfg(feature = "postgres")]
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use tokio::time::timeout;

use super::address::Address;
use super::error::{connect_timeout, unconnected};
use super::product::Product;
use crate::error::Result;
use crate::store::sql::error::Failure;
use crate::store::sql::session::{Connection, Session};
use crate::tls::ClientCertificates;

/// The time limit of connecting, including the TLS handshake and the login.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The time limit of a statement. The server ends a statement that waits for a lock for longer than [`LOCK_TIMEOUT`].
pub(super) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(5);
/// The time limit of a wait for a lock of another transaction.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

/// Opens a connection.
pub(super) async fn connect(address: &Address) -> Result<Connection, Failure> {
    let connected = match address.product {
        #[cfg(feature = "postgres")]
        Product::Postgres => {
            let options = postgres_options(address).await?;
            timeout(CONNECT_TIMEOUT, PgConnection::connect_with(&options))
                .await
                .map(|opened| opened.map(Connection::Postgres))
        }
        #[cfg(feature = "mysql")]
        Product::MySql => {
            let options = mysql_options(address).await?;
            timeout(CONNECT_TIMEOUT, MySqlConnection::connect_with(&options))
                .await
                .map(|opened| opened.map(Connection::MySql))
        }
    };
    connected.map_err(|_| connect_timeout(address, CONNECT_TIMEOUT))?.map_err(|error| unconnected(address, error))
}

/// Sets the limits of the server for a connection, and reads those that it has.
pub(super) async fn configure(session: &mut Session, product: Product) -> Result<(), Failure> {
    match product {
        #[cfg(feature = "postgres")]
        Product::Postgres => {
            let (lock, statement) = (LOCK_TIMEOUT.as_millis(), STATEMENT_TIMEOUT.as_millis());
            session.script(&format!("SET lock_timeout = {lock}; SET statement_timeout = {statement}")).await?;
        }
        #[cfg(feature = "mysql")]
        Product::MySql => {
            let lock = LOCK_TIMEOUT.as_secs();
            session
                .script(&format!(
                    "SET SESSION innodb_lock_wait_timeout = {lock};
                     SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION';
                     SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"
                ))
                .await?;
            let packet = session.fetch_first("SHOW VARIABLES LIKE 'max_allowed_packet'", &[]).await?;
            let packet = packet.and_then(|mut row| row.text(1).ok()?.parse().ok());
            session.max_bytes = session
                .max_bytes
                .min(packet.map_or(usize::MAX, |packet: usize| packet.saturating_sub(PACKET_OVERHEAD)));
        }
    }
    Ok(())
}

/// The bytes of a packet that are not the value: the other parameters and the header.
#[cfg(feature = "mysql")]
const PACKET_OVERHEAD: usize = 4096;

/// Returns the options of the driver. They do not read `.pgpass`, and do not let the server name another one.
#[cfg(feature = "postgres")]
pub(super) async fn postgres_options(address: &Address) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::new_without_pgpass()
        .port(address.server.port)
        .username(&address.user)
        .database(&address.database)
        .application_name("feats");
    let options = if address.server.is_socket() {
        options.socket(&address.server.host)
    } else {
        options.host(&address.server.host)
    };
    let options = match &address.password {
        Some(password) => options.password(password),
        None => options,
    };
    let Some(tls) = &address.tls else { return Ok(options.ssl_mode(PgSslMode::Disable)) };
    let ClientCertificates { ca, identity } = tls.contents().await?;
    let mut options = options.ssl_mode(PgSslMode::VerifyFull);
    if let Some(ca) = ca {
        options = options.ssl_root_cert_from_pem(ca);
    }
    if let Some((certificate, key)) = identity {
        options = options.ssl_client_cert_from_pem(certificate).ssl_client_key_from_pem(key);
    }
    Ok(options)
}

#[cfg(feature = "mysql")]
async fn mysql_options(address: &Address) -> Result<MySqlConnectOptions> {
    let options =
        MySqlConnectOptions::new().port(address.server.port).username(&address.user).database(&address.database);
    let options = if address.server.is_socket() {
        options.socket(&address.server.host)
    } else {
        options.host(&address.server.host)
    };
    let options = match &address.password {
        Some(password) => options.password(password),
        None => options,
    };
    let Some(tls) = &address.tls else { return Ok(options.ssl_mode(MySqlSslMode::Disabled)) };
    let ClientCertificates { ca, identity } = tls.contents().await?;
    let mut options = options.ssl_mode(MySqlSslMode::VerifyIdentity);
    if let Some(ca) = ca {
        options = options.ssl_ca_from_pem(ca);
    }
    if let Some((certificate, key)) = identity {
        options = options.ssl_client_cert_from_pem(certificate).ssl_client_key_from_pem(key);
    }
    Ok(options)
}
