//! A database that was emptied or restored from an older copy, or that has lost single revisions.

use feats::store::{MySql, contract};

use super::server;
use crate::writing::name;

#[tokio::test]
async fn a_database_that_was_emptied_or_set_back_begins_a_new_epoch() {
    let Some(server) = server() else { return };
    let url = server.database();
    let empty = async || drop(server.sql(name(&url), &format!("DROP DATABASE {0}; CREATE DATABASE {0}", name(&url))));
    contract::run_epoch_changes(|| MySql::open(&url).unwrap(), async || (), empty).await;

    let url = server.database();
    let tables = ["meta", "revisions", "current"];
    let save = async || {
        for table in tables {
            server.sql(name(&url), &format!("CREATE TABLE copy_{table} AS SELECT * FROM feats_{table}"));
        }
    };
    let set_back = async || {
        for table in tables {
            let restore = format!("DELETE FROM feats_{table}; INSERT INTO feats_{table} SELECT * FROM copy_{table}");
            server.sql(name(&url), &restore);
        }
    };
    contract::run_epoch_changes(|| MySql::open(&url).unwrap(), save, set_back).await;
}

#[tokio::test]
async fn lost_revisions_are_reported() {
    let Some(server) = server() else { return };
    let url = server.database();
    let lose = async |feature: &str, version: u64| {
        let delete = format!("DELETE FROM feats_revisions WHERE feature = '{feature}' AND version = {version}");
        server.sql(name(&url), &delete);
    };
    contract::run_losses(|| MySql::open(&url).unwrap(), lose).await;
}
