//! A database that was emptied or restored from an older copy, or that has lost single revisions.

use feats::store::contract;

use super::database::Database;
use crate::writing::name;

pub(super) async fn a_database_that_was_emptied_or_set_back_begins_a_new_epoch<D: Database>(server: &'static D) {
    let url = server.create();
    let empty = async || drop(server.run(name(&url), &D::EMPTY.replace("shop", name(&url))));
    contract::run_epoch_changes(|| D::open(&url), async || (), empty).await;

    let url = server.create();
    let tables = ["meta", "revisions", "current"];
    let save = async || {
        for table in tables {
            server.run(name(&url), &format!("CREATE TABLE copy_{table} AS SELECT * FROM feats_{table}"));
        }
    };
    let set_back = async || {
        for table in tables {
            let restore = format!("DELETE FROM feats_{table}; INSERT INTO feats_{table} SELECT * FROM copy_{table}");
            server.run(name(&url), &restore);
        }
    };
    contract::run_epoch_changes(|| D::open(&url), save, set_back).await;
}

pub(super) async fn lost_revisions_are_reported<D: Database>(server: &'static D) {
    let url = server.create();
    let lose = async |feature: &str, version: u64| {
        let delete = format!("DELETE FROM feats_revisions WHERE feature = '{feature}' AND version = {version}");
        server.run(name(&url), &delete);
    };
    contract::run_losses(|| D::open(&url), lose).await;
}
