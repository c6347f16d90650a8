//! What PostgreSQL and MariaDB have in common: the first use, sockets, rights, certificates, and what is wrong with a database.

mod database;
mod restored;

use std::path::PathBuf;
use std::time::Duration;

use feats::ErrorKind;
use feats::store::Store;
use feats_servers::Certificates;
use futures_util::future::join_all;

use self::database::Database;
use self::restored::{a_database_that_was_emptied_or_set_back_begins_a_new_epoch, lost_revisions_are_reported};
use crate::writing::{name, publish, verified};

/// Declares the tests of a server.
macro_rules! tests {
    ($module:ident, $server:ty, $($name:ident),*) => {
        mod $module {
            use super::Database;

            $(
                #[tokio::test]
                async fn $name() {
                    let Some(server) = <$server as Database>::shared() else { return };
                    super::$name(server).await;
                }
            )*

            #[tokio::test]
            async fn certificates_are_verified() {
                let Some(server) = <$server as Database>::with_tls() else { return };
                super::certificates_are_verified(&server).await;
            }
        }
    };
    ($module:ident, $server:ty) => {
        tests!(
            $module,
            $server,
            programs_can_create_the_tables_at_the_same_time,
            a_unix_socket_is_an_address,
            a_wrong_password_or_database_is_named_as_the_cause,
            the_documented_rights_are_enough_and_fewer_are_an_error,
            tables_of_another_program_are_refused_and_kept,
            tables_of_a_newer_version_are_refused,
            a_database_that_was_emptied_or_set_back_begins_a_new_epoch,
            lost_revisions_are_reported
        );
    };
}

#[cfg(feature = "mysql")]
tests!(mysql, feats_servers::MariaDb);
#[cfg(feature = "postgres")]
tests!(postgres, feats_servers::Postgres);

async fn programs_can_create_the_tables_at_the_same_time<D: Database>(server: &D) {
    const PROGRAMS: usize = 4;
    let url = server.create();
    let stores: Vec<D::Store> = (0..PROGRAMS).map(|_| D::open(&url)).collect();
    let names = ["Pay", "Fee", "Tax", "Tip"];
    let entries = join_all(stores.iter().zip(names).map(|(store, name)| publish(store, name))).await;
    let epochs = join_all(stores.iter().map(|store| store.epoch())).await;
    let epochs: Vec<_> = epochs.into_iter().collect::<feats::Result<_>>().unwrap();
    assert!(epochs.iter().all(|epoch| *epoch == epochs[0]), "{epochs:?}");
    for (entry, name) in entries.into_iter().zip(names) {
        assert_eq!(verified(&D::open(&url), name).await, [entry.unwrap()]);
    }
}

async fn a_unix_socket_is_an_address<D: Database>(server: &D) {
    let url = server.create();
    let (socket, path) = server.socket(name(&url));
    let entry = publish(&D::open(&socket), "Pay").await.unwrap();
    assert_eq!(verified(&D::open(&url), "Pay").await, [entry]);

    let path = path.display().to_string();
    let nowhere = socket.replace(&path.replace('/', "%2F"), "%2Fno-such-folder%2Fsocket");
    let error = D::open(&nowhere).load().await.unwrap_err();
    let message = format!("/no-such-folder/socket refused the connection; check that {} runs there", D::PRODUCT);
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unavailable, message.as_str()));
}

async fn a_wrong_password_or_database_is_named_as_the_cause<D: Database>(server: &D) {
    let url = server.create();
    let no_database = "the server has no database with this name; create it";
    let root = url.split("://").nth(1).unwrap().split('@').next().unwrap();
    for (login, database, message) in
        [("ghost:wr0ng", name(&url), "the server rejected the user or password"), (root, "none", no_database)]
    {
        let error = D::open(&server.url(login, database)).load().await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message));
        assert!(!format!("{error:?}").contains("wr0ng"), "{error:?}");
    }
}

async fn the_documented_rights_are_enough_and_fewer_are_an_error<D: Database>(server: &D) {
    let url = server.create();
    publish(&D::open(&url), "Pay").await.unwrap();
    let (page, password) = D::PAGE;
    let grants = page.split("```sql\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let grants = grants.replace(password, &password.replace('…', "s3cret")).replace("shop", name(&url));
    server.run(name(&url), &grants);

    let store = D::open(&server.url("feats:s3cret", name(&url)));
    publish(&store, "Pay").await.unwrap();
    assert_eq!(verified(&store, "Pay").await.len(), 2);
    let ttl = Some(Duration::from_secs(60));
    store.records().unwrap().put("kind", "key", b"content", ttl).await.unwrap();
    store.counters().unwrap().add("kind", "key", &[("n".to_owned(), 1)], ttl).await.unwrap();
    assert_eq!(store.assignments().unwrap().assign("experiment", "unit", "acme").await.unwrap(), "acme");
    store.check().await.unwrap();
    assert_eq!(store.server().await.unwrap().missing_rights, Vec::<String>::new());

    server.run(name(&url), "REVOKE INSERT ON feats_revisions FROM feats");
    let error = publish(&store, "Pay").await.unwrap_err();
    let message = format!("the user lacks a right; the docs of feats::store::{} list the required ones", D::STORE);
    assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message.as_str()));
    assert_eq!(store.server().await.unwrap().missing_rights, D::MISSING);
    assert_eq!(verified(&store, "Pay").await.len(), 2);
}

async fn tables_of_another_program_are_refused_and_kept<D: Database>(server: &D) {
    let url = server.create();
    server.run(name(&url), "CREATE TABLE feats_current (fruit text)");
    let error = D::open(&url).load().await.unwrap_err();
    let message = "tables of another program have the names of the tables of feats; choose another prefix";
    assert_eq!((error.kind(), error.message()), (ErrorKind::Corrupt, message));
    assert_eq!(server.run(name(&url), D::TABLES), "feats_current");
}

async fn tables_of_a_newer_version_are_refused<D: Database>(server: &D) {
    let url = server.create();
    publish(&D::open(&url), "Pay").await.unwrap();
    server.run(name(&url), "UPDATE feats_meta SET version = 99");
    let error = publish(&D::open(&url), "Pay").await.unwrap_err();
    let message = "the tables have schema version 99, from a newer version of feats; this version supports up to 1";
    assert_eq!((error.kind(), error.message()), (ErrorKind::Corrupt, message));
}

async fn certificates_are_verified<D: Database>(server: &D) {
    let url = server.create();
    server.run(name(&url), D::USER_WITH_TLS);
    let at = |options: &str| D::open(&format!("{}?{options}", server.url("ada:s3cret", name(&url))));
    let ca = |path: PathBuf| format!("sslmode=verify-full&ca={}", path.display());
    publish(&at(&ca(server.files().ca())), "Pay").await.unwrap();
    let error = at(&ca(server.files().wrong_ca())).load().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("is not trusted"), "{error}");
    assert_eq!(at("sslmode=disable").load().await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[cfg(feature = "postgres")]
impl Database for feats_servers::Postgres {
    type Store = feats::store::Postgres;

    const STORE: &'static str = "Postgres";
    const PRODUCT: &'static str = "PostgreSQL";
    const PAGE: (&'static str, &'static str) = (include_str!("../../../docs/stores/postgres.md"), "PASSWORD '…'");
    const USER_WITH_TLS: &'static str = "CREATE ROLE ada LOGIN SUPERUSER PASSWORD 's3cret'";
    const TABLES: &'static str = "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'";
    const EMPTY: &'static str = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
    const MISSING: &'static [&'static str] = &["INSERT ON \"public\".\"feats_revisions\""];

    fn shared() -> Option<&'static Self> {
        crate::postgres::server()
    }

    fn with_tls() -> Option<Self> {
        Self::available().then(|| Self::builder().tls().start())
    }

    fn open(url: &str) -> Self::Store {
        feats::store::Postgres::open(url).unwrap()
    }

    fn create(&self) -> String {
        self.database()
    }

    fn run(&self, database: &str, statements: &str) -> String {
        self.sql(database, statements)
    }

    fn url(&self, login: &str, database: &str) -> String {
        format!("postgres://{login}@127.0.0.1:{}/{database}", self.port())
    }

    fn socket(&self, database: &str) -> (String, PathBuf) {
        let folder = Self::socket(self).to_owned();
        let encoded = folder.display().to_string().replace('/', "%2F");
        (format!("postgres://{encoded}:{}/{database}", self.port()), folder)
    }

    fn files(&self) -> &Certificates {
        self.certificates()
    }
}

#[cfg(feature = "mysql")]
impl Database for feats_servers::MariaDb {
    type Store = feats::store::MySql;

    const STORE: &'static str = "MySql";
    const PRODUCT: &'static str = "MySQL";
    const PAGE: (&'static str, &'static str) = (include_str!("../../../docs/stores/mysql.md"), "BY '…'");
    const USER_WITH_TLS: &'static str = "CREATE USER ada IDENTIFIED BY 's3cret' REQUIRE SSL; GRANT ALL ON *.* TO ada";
    const TABLES: &'static str = "SHOW TABLES";
    const EMPTY: &'static str = "DROP DATABASE shop; CREATE DATABASE shop";
    const MISSING: &'static [&'static str] = &["INSERT ON feats_revisions"];

    fn shared() -> Option<&'static Self> {
        crate::mysql::server()
    }

    fn with_tls() -> Option<Self> {
        Self::available().then(|| Self::builder().tls().start())
    }

    fn open(url: &str) -> Self::Store {
        feats::store::MySql::open(url).unwrap()
    }

    fn create(&self) -> String {
        self.database()
    }

    fn run(&self, database: &str, statements: &str) -> String {
        self.sql(database, statements)
    }

    fn url(&self, login: &str, database: &str) -> String {
        format!("mysql://{login}@127.0.0.1:{}/{database}", self.port())
    }

    fn socket(&self, database: &str) -> (String, PathBuf) {
        let socket = Self::socket(self);
        let encoded = socket.display().to_string().replace('/', "%2F");
        (format!("mysql://{encoded}/{database}"), socket)
    }

    fn files(&self) -> &Certificates {
        self.certificates()
    }
}
