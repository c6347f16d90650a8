//! A master that is killed, with sentinels that promote its replica.

use feats_servers::{Redis, Sentinel};

use crate::harness::{Trial, fault};

#[test]
fn failover() {
    fault::<Redis>("Sentinel: the master is killed", || {
        let sentinel = Sentinel::start();
        let mut trial = Trial::start(sentinel.url());
        sentinel.kill_master();
        sentinel.wait_for_failover();
        trial.expect_live();
        // Without a replica, no publish is confirmed.
        sentinel.restart_killed();
        trial.healed();
        trial.end()
    });
}
