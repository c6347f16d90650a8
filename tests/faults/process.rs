//! Faults of the server's process.

use std::time::Duration;

use feats_servers::Redis;

use crate::harness::{Server, Trial, fault};

pub fn killed_and_restarted_with_its_data<S: Server>() {
    fault::<S>("server: `kill -9`, restarted with its data", || {
        let server = S::launch();
        let mut trial = Trial::setup(server.store()).writers(4).start();
        server.kill();
        trial.expect_stale();
        trial.run_for(Duration::from_millis(500));
        server.restart();
        trial.healed();
        trial.end()
    });
}

#[test]
fn killed_and_restarted_without_its_data() {
    fault::<Redis>("server: `kill -9`, restarted empty", || {
        let redis = Redis::builder().appendonly().start();
        let mut trial = Trial::start(redis.url());
        redis.kill();
        trial.expect_stale();
        redis.wipe();
        trial.emptied();
        redis.restart();
        trial.healed_but_empty();
        trial.end()
    });
}

pub fn stopped_for_five_seconds<S: Server>() {
    fault::<S>("server: `SIGSTOP` for 5 s", || {
        let server = S::launch();
        let mut trial = Trial::start(server.store());
        server.pause();
        trial.expect_no_contact();
        trial.run_for(Duration::from_secs(5));
        server.resume();
        trial.healed();
        trial.end()
    });
}
