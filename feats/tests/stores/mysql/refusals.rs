//! What a server refuses, and what is wrong with it: exact messages, and nothing is written.

use feats::ErrorKind;
use feats::store::{AppendOutcome, MySql, RevisionStamp, Store};
use feats_servers::MariaDb;

use super::server;
use crate::writing::{name, publish, revision};

#[tokio::test]
async fn the_product_is_reported() {
    let Some(server) = server() else { return };
    let report = MySql::open(server.database()).unwrap().server().await.unwrap();
    assert!(report.version.unwrap().starts_with("MariaDB "));
    assert_eq!(report.missing_rights, Vec::<String>::new());
}

#[tokio::test]
async fn rights_on_a_database_count_and_those_of_a_role_are_unknown() {
    let Some(server) = server() else { return };
    let url = server.database();
    publish(&MySql::open(&url).unwrap(), "Pay").await.unwrap();
    let database = name(&url);
    let at = |user: &str| MySql::open(format!("mysql://{user}:s3cret@127.0.0.1:{}/{database}", server.port())).unwrap();
    server.sql(
        database,
        &format!(
            "CREATE USER reader IDENTIFIED BY 's3cret'; GRANT SELECT ON {database}.* TO reader;
             CREATE USER member IDENTIFIED BY 's3cret'; CREATE ROLE writers;
             GRANT SELECT, INSERT, UPDATE, DELETE ON {database}.* TO writers; GRANT writers TO member;
             SET DEFAULT ROLE writers FOR member"
        ),
    );
    let missing = at("reader").server().await.unwrap().missing_rights;
    assert_eq!(missing.first().map(String::as_str), Some("UPDATE ON feats_meta"));
    assert!(missing.iter().all(|right| !right.contains("SELECT")), "{missing:?}");
    publish(&at("member"), "Fee").await.unwrap();
    assert_eq!(at("member").server().await.unwrap().missing_rights, Vec::<String>::new());
}

#[tokio::test]
async fn a_large_revision_and_a_read_only_server_are_refused() {
    const PACKET: usize = 1 << 20;
    if !MariaDb::available() {
        return;
    }
    let server = MariaDb::builder().arg(&format!("--max-allowed-packet={PACKET}")).start();
    let url = server.database();
    let store = MySql::open(&url).unwrap();
    publish(&store, "Pay").await.unwrap();
    let large = revision("Large", None, PACKET);
    let error = store.append(RevisionStamp::default(), &large).await.unwrap_err();
    let bytes = large.bytes.len() + large.feature.len() + large.id.len();
    let message = format!("the value has {bytes} bytes; the database accepts up to {}", PACKET - 4096);
    assert_eq!((error.kind(), error.message()), (ErrorKind::TooLarge, message.as_str()));
    let small = revision("Large", None, PACKET - 8192);
    assert_eq!(store.append(RevisionStamp::default(), &small).await.unwrap(), AppendOutcome::Done);

    let rights = "GRANT SELECT, INSERT, UPDATE, CREATE, INDEX ON";
    server.sql(name(&url), &format!("CREATE USER ada IDENTIFIED BY 's3cret'; {rights} {}.* TO ada", name(&url)));
    server.sql(name(&url), "SET GLOBAL read_only = 1");
    let store = MySql::open(format!("mysql://ada:s3cret@127.0.0.1:{}/{}", server.port(), name(&url))).unwrap();
    assert_eq!(store.load().await.unwrap().entries.len(), 2);
    let message = "the server or the session is read-only; use the URL of the primary server";
    for store in [store.clone(), store.prefix("other_")] {
        let error = publish(&store, "Pay").await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::ReadOnly, message));
    }
}
