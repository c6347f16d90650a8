//! What a server refuses, and what is wrong with it: exact messages, and nothing is written.

use feats::ErrorKind;
use feats::store::{Postgres, Store};
use feats_servers::Postgres as Server;

use super::{name, server};
use crate::writing::{publish, verified};

#[test]
fn a_url_that_is_not_valid_is_refused_without_being_repeated() {
    for (url, why) in [
        ("s3cret", "does not start with postgres://"),
        ("mysql://u:s3cret@h/d", "does not start with postgres://"),
        ("postgres://u:s3cret@h", "the name of the database is missing"),
        ("postgres://u:s3/cret@h/d", "in a password, write %2F"),
        ("postgres://u:s3cret@h:port/d", "the port is not a number"),
        ("postgres://u:s3cret@/d", "the host name is missing"),
        ("postgres://u:s3cret@h/d?sslmode=prefer", "sslmode is disable or verify-full"),
        ("postgres://u:s3cret@h/d?password=s3cret", "the options are schema, prefix"),
        ("postgres://u:s3cret@h/d?prefix=a-b", "a prefix has 1 to 48"),
        ("postgres://u:s3cret@h/d?schema=%22", "a schema has 1 to 63"),
        ("postgres://u:s3cret@h/d?cert=c.pem", "cert and key require each other"),
        ("postgres://u:s3cret@localhost/d?ca=c.pem", "certificates require sslmode=verify-full"),
    ] {
        let error = Postgres::open(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{url}");
        let text = format!("{error} {error:?}");
        assert!(text.contains(why) && !text.contains("s3cret") && !text.contains("cret@"), "{text}");
    }
    let store = Postgres::open("postgres://ada:s3cret@db/shop?schema=flags").unwrap();
    assert_eq!(format!("{store:?}"), "Postgres(postgres://db:5432/shop?schema=flags)");
}

#[tokio::test]
async fn a_wrong_password_or_database_is_named_as_the_cause() {
    let Some(server) = server() else { return };
    let url = server.database();
    server.sql(name(&url), "CREATE ROLE ada LOGIN PASSWORD 's3cret'");
    let at = |login: &str, database: &str| {
        Postgres::open(format!("postgres://{login}@127.0.0.1:{}/{database}", server.port())).unwrap()
    };
    for (store, message) in [
        (at("ada:wr0ng", name(&url)), "the server rejected the user or password"),
        (at("postgres", "none"), "the server has no database with this name; create it"),
    ] {
        let error = store.load().await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message));
        assert!(!format!("{error:?}").contains("wr0ng"), "{error:?}");
    }
}

#[tokio::test]
async fn the_documented_rights_are_enough_and_fewer_are_an_error() {
    let Some(server) = server() else { return };
    let url = server.database();
    publish(&Postgres::open(&url).unwrap(), "Pay").await.unwrap();
    let page = include_str!("../../../../docs/stores/postgres.md");
    let grants = page.split("```sql\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let grants = grants.replace("PASSWORD '…'", "PASSWORD 's3cret'").replace("shop", name(&url));
    server.sql(name(&url), &grants);

    let store = Postgres::open(format!("postgres://feats:s3cret@127.0.0.1:{}/{}", server.port(), name(&url))).unwrap();
    publish(&store, "Pay").await.unwrap();
    assert_eq!(verified(&store, "Pay").await.len(), 2);
    let ttl = Some(std::time::Duration::from_secs(60));
    store.records().unwrap().put("kind", "key", b"content", ttl).await.unwrap();
    store.counters().unwrap().add("kind", "key", &[("n".to_owned(), 1)], ttl).await.unwrap();
    assert_eq!(store.assignments().unwrap().assign("experiment", "unit", "acme").await.unwrap(), "acme");
    store.check().await.unwrap();
    assert_eq!(store.server().await.unwrap().missing_rights, Vec::<String>::new());

    server.sql(name(&url), "REVOKE INSERT ON feats_revisions FROM feats");
    let error = publish(&store, "Pay").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("the user lacks a right; the docs of feats::store::Postgres"), "{error}");
    assert_eq!(store.server().await.unwrap().missing_rights, ["INSERT ON \"public\".\"feats_revisions\""]);
    assert_eq!(verified(&store, "Pay").await.len(), 2);
}

#[tokio::test]
async fn tables_of_another_program_and_of_a_newer_version_are_refused() {
    let Some(server) = server() else { return };
    let url = server.database();
    server.sql(name(&url), "CREATE TABLE feats_current (fruit text)");
    let error = Postgres::open(&url).unwrap().load().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("tables of another program"), "{error}");
    let tables = "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(server.sql(name(&url), tables), "feats_current");

    let url = server.database();
    publish(&Postgres::open(&url).unwrap(), "Pay").await.unwrap();
    server.sql(name(&url), "UPDATE feats_meta SET version = 99");
    let error = publish(&Postgres::open(&url).unwrap(), "Pay").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("schema version 99, from a newer version of feats"), "{error}");
}

#[tokio::test]
async fn a_read_only_session_can_be_read() {
    let Some(server) = server() else { return };
    let url = server.database();
    let store = Postgres::open(&url).unwrap();
    publish(&store, "Pay").await.unwrap();
    server.sql(name(&url), &format!("ALTER DATABASE {} SET default_transaction_read_only = on", name(&url)));
    let store = Postgres::open(&url).unwrap();
    assert_eq!(store.load().await.unwrap().entries.len(), 1);
    assert_eq!(publish(&store, "Pay").await.unwrap_err().kind(), ErrorKind::ReadOnly);
}

#[tokio::test]
async fn certificates_are_verified() {
    if !Server::available() {
        return;
    }
    let server = Server::builder().tls().start();
    let url = server.database();
    server.sql(name(&url), "CREATE ROLE ada LOGIN SUPERUSER PASSWORD 's3cret'");
    let at = |options: &str| {
        Postgres::open(format!("postgres://ada:s3cret@127.0.0.1:{}/{}?{options}", server.port(), name(&url))).unwrap()
    };
    let ca = |path: std::path::PathBuf| format!("sslmode=verify-full&ca={}", path.display());
    publish(&at(&ca(server.certificates().ca())), "Pay").await.unwrap();
    let error = at(&ca(server.certificates().wrong_ca())).load().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("is not trusted"), "{error}");
    // The server accepts this user only with TLS.
    assert_eq!(at("sslmode=disable").load().await.unwrap_err().kind(), ErrorKind::Invalid);
}
