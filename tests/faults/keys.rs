//! Faults of whole keys of the store.

use std::time::Duration;

use feats_servers::{Link, Proxy, Redis};

use crate::harness::{Measured, Trial, fault};

const CURRENT: &str = "{feats}:current";
const CHANGES: &str = "{feats}:changes";

#[test]
fn flushed() {
    fault::<Redis>("keys: `FLUSHALL`", || {
        let redis = Redis::builder().appendonly().start();
        let mut trial = Trial::start(redis.url());
        redis.command::<()>(&["FLUSHALL"]);
        trial.emptied();
        trial.healed_but_empty();
        trial.end()
    });
}

#[test]
fn newest_revisions_of_the_wrong_type() {
    fault::<Redis>("keys: `current` is a string", || {
        // Running programs are not affected, because they read `changes`. New programs cannot load.
        of_the_wrong_type(CURRENT, Trial::expect_live)
    });
}

#[test]
fn changes_of_the_wrong_type() {
    fault::<Redis>("keys: `changes` is a string", || of_the_wrong_type(CHANGES, Trial::expect_stale));
}

fn of_the_wrong_type(key: &str, expect: impl Fn(&Trial)) -> Measured {
    let redis = Redis::builder().appendonly().start();
    let mut trial = Trial::start(redis.url());
    let exchange = "redis.call('RENAME', KEYS[1], KEYS[2]) redis.call('SET', KEYS[1], 'a string')";
    redis.command::<()>(&["EVAL", exchange, "2", key, "{feats}:aside"]);
    trial.expect_no_publishing();
    expect(&trial);
    redis.command::<()>(&["RENAME", "{feats}:aside", key]);
    trial.healed();
    trial.end()
}

#[test]
fn changes_trimmed() {
    fault::<Redis>("keys: `changes` trimmed, also while no program reads", || {
        let redis = Redis::builder().appendonly().start();
        let proxy = Proxy::to(redis.port());
        let mut trial = Trial::setup(proxy.url()).direct(redis.url()).start();
        for away in [false, true, false] {
            proxy.set(if away { Link::Refuse } else { Link::Pass });
            trial.run_for(Duration::from_millis(200));
            redis.command::<i64>(&["XTRIM", CHANGES, "MAXLEN", "0"]);
            trial.run_for(Duration::from_millis(200));
        }
        trial.healed();
        trial.end()
    });
}
