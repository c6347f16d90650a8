//! What a server refuses, and what is wrong with it: exact messages, and nothing is written.

use feats::ErrorKind;
use feats::store::{AppendOutcome, MySql, RevisionStamp, Store};
use feats_servers::MariaDb;

use super::{name, server};
use crate::writing::{publish, revision, verified};

#[test]
fn a_url_that_is_not_valid_is_refused_without_being_repeated() {
    for (url, why) in [
        ("postgres://u:s3cret@h/d", "does not start with mysql:// or mariadb://"),
        ("mysql://u:s3cret@h", "the name of the database is missing"),
        ("mysql://u:s3/cret@h/d", "in a password, write %2F"),
        ("mysql://u:s3cret@h/d?schema=x", "the options are prefix, sslmode"),
        ("mysql://u:s3cret@h/d?prefix=A", "a prefix has 1 to 48"),
    ] {
        let error = MySql::open(url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{url}");
        let text = format!("{error} {error:?}");
        assert!(text.contains(why) && !text.contains("s3cret") && !text.contains("cret@"), "{text}");
    }
    let store = MySql::open("mariadb://ada:s3cret@db/shop?prefix=flags_").unwrap();
    assert_eq!(format!("{store:?}"), "MySql(mysql://db:3306/shop?prefix=flags_)");
}

#[tokio::test]
async fn the_documented_rights_are_enough_and_fewer_are_an_error() {
    let Some(server) = server() else { return };
    let url = server.database();
    publish(&MySql::open(&url).unwrap(), "Pay").await.unwrap();
    let page = include_str!("../../../../docs/stores/mysql.md");
    let grants = page.split("```sql\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let grants = grants.replace("BY '…'", "BY 's3cret'").replace("shop.", &format!("{}.", name(&url)));
    server.sql(name(&url), &grants);

    let at = |login: &str| MySql::open(format!("mysql://{login}@127.0.0.1:{}/{}", server.port(), name(&url))).unwrap();
    let store = at("feats:s3cret");
    publish(&store, "Pay").await.unwrap();
    assert_eq!(verified(&store, "Pay").await.len(), 2);
    let ttl = Some(std::time::Duration::from_secs(60));
    store.records().unwrap().put("kind", "key", b"content", ttl).await.unwrap();
    store.counters().unwrap().add("kind", "key", &[("n".to_owned(), 1)], ttl).await.unwrap();
    assert_eq!(store.assignments().unwrap().assign("experiment", "unit", "acme").await.unwrap(), "acme");
    store.check().await.unwrap();
    assert!(store.server().await.unwrap().version.unwrap().starts_with("MariaDB "));

    let error = at("feats:wr0ng").load().await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, "the server rejected the user or password"));
    server.sql(name(&url), "REVOKE INSERT ON feats_revisions FROM feats");
    let error = publish(&at("feats:s3cret"), "Pay").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("the user lacks a right; the docs of feats::store::MySql"), "{error}");
    assert_eq!(verified(&store, "Pay").await.len(), 2);
}

#[tokio::test]
async fn tables_of_another_program_and_of_a_newer_version_are_refused() {
    let Some(server) = server() else { return };
    let url = server.database();
    server.sql(name(&url), "CREATE TABLE feats_current (fruit text)");
    let error = MySql::open(&url).unwrap().load().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("tables of another program"), "{error}");
    assert_eq!(server.sql(name(&url), "SHOW TABLES"), "feats_current");

    let url = server.database();
    publish(&MySql::open(&url).unwrap(), "Pay").await.unwrap();
    server.sql(name(&url), "UPDATE feats_meta SET version = 99");
    let error = publish(&MySql::open(&url).unwrap(), "Pay").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Corrupt);
    assert!(error.message().contains("schema version 99, from a newer version of feats"), "{error}");
}

#[tokio::test]
async fn certificates_and_the_size_of_packets_are_limits() {
    if !MariaDb::available() {
        return;
    }
    let server = MariaDb::builder().tls().arg("--max-allowed-packet=1M").start();
    let url = server.database();
    server.sql(name(&url), "CREATE USER ada IDENTIFIED BY 's3cret' REQUIRE SSL; GRANT ALL ON *.* TO ada");
    let at = |options: &str| {
        MySql::open(format!("mysql://ada:s3cret@127.0.0.1:{}/{}?{options}", server.port(), name(&url))).unwrap()
    };
    let ca = |path: std::path::PathBuf| format!("sslmode=verify-full&ca={}", path.display());
    let store = at(&ca(server.certificates().ca()));
    publish(&store, "Pay").await.unwrap();
    let error = at(&ca(server.certificates().wrong_ca())).load().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("is not trusted"), "{error}");
    assert_eq!(at("sslmode=disable").load().await.unwrap_err().kind(), ErrorKind::Invalid);

    let large = revision("Large", None, 1 << 20);
    let error = store.append(RevisionStamp::default(), &large).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error:?}");
    let small = revision("Large", None, 100);
    assert_eq!(store.append(RevisionStamp::default(), &small).await.unwrap(), AppendOutcome::Done);
}
