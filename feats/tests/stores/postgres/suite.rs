//! The contract suite.

use feats::store::{Postgres, contract};

use super::server;

#[tokio::test]
async fn a_database_passes_the_suite() {
    let Some(server) = server() else { return };
    let url = server.database();
    contract::run(move |place| Postgres::open(&url).unwrap().schema(place)).await;
}
