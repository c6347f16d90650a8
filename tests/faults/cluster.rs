//! A cluster that loses a master, or moves a slot.

use std::time::Duration;

use feats_servers::Cluster;

use crate::harness::{Trial, fault};

/// A key of the slot that holds everything that is published.
const KEY: &str = "{feats}:current";

#[test]
fn master_killed() {
    fault("Cluster: a master is killed", || {
        let cluster = Cluster::start();
        let mut trial = Trial::start(cluster.url());
        let killed = cluster.kill_master_of(KEY);
        cluster.master_of(KEY);
        trial.expect_live();
        // Until there is a replica again, nobody confirms what is published.
        killed.restart();
        cluster.wait_until_whole();
        trial.healed();
        trial.end()
    });
}

#[test]
fn slot_migrated() {
    fault("Cluster: the slot moves to another master", || {
        let cluster = Cluster::start();
        let mut trial = Trial::start(cluster.url());
        cluster.migrate_slot_of(KEY);
        trial.go_on(Duration::from_millis(200));
        cluster.migrate_slot_of(KEY);
        trial.healed();
        trial.end()
    });
}
