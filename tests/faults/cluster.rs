//! A cluster that loses a master or moves a slot.

use std::time::Duration;

use feats_servers::{Cluster, Redis};

use crate::harness::{Trial, fault};

/// A key in the slot that contains all published states.
const KEY: &str = "{feats}:current";

#[test]
fn master_killed() {
    fault::<Redis>("Cluster: a master is killed", || {
        let cluster = Cluster::start();
        let mut trial = Trial::start(cluster.url());
        let killed = cluster.kill_master_of(KEY);
        cluster.master_of(KEY);
        trial.expect_live();
        // Without a replica, no publish is confirmed.
        killed.restart();
        cluster.wait_until_whole();
        trial.healed();
        trial.end()
    });
}

#[test]
fn slot_migrated() {
    fault::<Redis>("Cluster: the slot moves to another master", || {
        let cluster = Cluster::start();
        let mut trial = Trial::start(cluster.url());
        cluster.migrate_slot_of(KEY);
        trial.run_for(Duration::from_millis(200));
        cluster.migrate_slot_of(KEY);
        trial.healed();
        trial.end()
    });
}
