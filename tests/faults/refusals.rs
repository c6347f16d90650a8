//! A server that answers but refuses writes.

use feats_servers::{Link, Postgres, Proxy, Redis, SmallDisk};

use crate::harness::{DiskServer, Server as _, Trial, fault, is_tried};

#[test]
fn out_of_memory() {
    fault::<Redis>("server: out of memory", || {
        let redis = Redis::builder().appendonly().start();
        let mut trial = Trial::start(redis.url());
        redis.command::<()>(&["CONFIG", "SET", "maxmemory", "1mb"]);
        trial.expect_no_publishing();
        trial.expect_live();
        redis.command::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
        trial.healed();
        trial.end()
    });
}

#[test]
fn read_only_replica() {
    fault::<Redis>("server: a read-only replica", || {
        let redis = Redis::builder().appendonly().start();
        // The replica never reaches this master, and so keeps its data.
        let proxy = Proxy::to(redis.port());
        proxy.set(Link::Refuse);
        let mut trial = Trial::start(redis.url());
        redis.command::<()>(&["REPLICAOF", "127.0.0.1", &proxy.port().to_string()]);
        trial.expect_no_publishing();
        trial.expect_live();
        redis.command::<()>(&["REPLICAOF", "NO", "ONE"]);
        trial.healed();
        trial.end()
    });
}

pub fn full_disk<S: DiskServer>() {
    if !SmallDisk::available() {
        return;
    }
    fault::<S>("server: full disk", || {
        let server = S::launch_on_small_disk();
        let mut trial = Trial::start(server.store());
        server.disk().fill();
        trial.expect_failures("the disk of the server is full; nothing was written");
        trial.expect_live();
        server.disk().free();
        trial.healed();
        trial.end()
    });
}

#[test]
fn read_only_transactions() {
    if !is_tried("refusals::read_only_transactions") {
        return;
    }
    fault::<Postgres>("server: every transaction is read-only", || {
        let server = Postgres::launch();
        let mut trial = Trial::start(server.store());
        let read_only = |statement| {
            server.sql("postgres", statement);
            server.sql("postgres", "SELECT pg_reload_conf()");
        };
        read_only("ALTER SYSTEM SET default_transaction_read_only = on");
        trial.expect_no_publishing();
        trial.expect_live();
        read_only("ALTER SYSTEM RESET default_transaction_read_only");
        trial.healed();
        trial.end()
    });
}
