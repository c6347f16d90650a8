//! A master that dies, with sentinels who make its replica the master.

use feats_servers::Sentinel;

use crate::harness::{Trial, fault};

#[test]
fn failover() {
    fault("Sentinel: the master is killed", || {
        let sentinel = Sentinel::start();
        let mut trial = Trial::start(sentinel.url());
        sentinel.kill_master();
        sentinel.wait_for_failover();
        trial.expect_live();
        // Until there is a replica again, nobody confirms what is published.
        sentinel.restart_killed();
        trial.healed();
        trial.end()
    });
}
