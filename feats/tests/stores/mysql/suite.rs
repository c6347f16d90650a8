//! The contract suite.

use std::time::Duration;

use feats::store::{MySql, contract};

use super::server;

#[tokio::test]
async fn a_database_passes_the_suite() {
    let Some(server) = server() else { return };
    let url = server.database();
    let poll = Duration::from_millis(10);
    contract::run(move |place| MySql::open(&url).unwrap().prefix(format!("{place}_")).poll_every(poll)).await;
}
