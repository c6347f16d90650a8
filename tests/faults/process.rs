//! Faults of the server's process.

use std::time::Duration;

use feats_servers::Redis;

use crate::harness::{Trial, fault};

#[test]
fn killed_and_restarted_with_its_data() {
    fault("server: `kill -9`, restarted with its data", || {
        let redis = Redis::builder().appendonly().start();
        let mut trial = Trial::start(redis.url());
        redis.kill();
        trial.expect_stale();
        trial.run_for(Duration::from_millis(500));
        redis.restart();
        trial.healed();
        trial.end()
    });
}

#[test]
fn killed_and_restarted_without_its_data() {
    fault("server: `kill -9`, restarted empty", || {
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

#[test]
fn stopped_for_five_seconds() {
    fault("server: `SIGSTOP` for 5 s", || {
        let redis = Redis::builder().appendonly().start();
        let mut trial = Trial::start(redis.url());
        redis.stop();
        trial.expect_no_contact();
        trial.run_for(Duration::from_secs(5));
        redis.cont();
        trial.healed();
        trial.end()
    });
}
