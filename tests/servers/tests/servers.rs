//! Tests of the test servers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use feats_servers::{Cluster, Consul, Link, MariaDb, Moto, Postgres, Proxy, Redis, Sentinel, available, until};

#[test]
fn a_killed_server_keeps_its_data_unless_it_is_wiped() {
    if !available() {
        return;
    }
    let redis = Redis::builder().appendonly().start();
    redis.command::<()>(&["SET", "name", "Ada"]);
    redis.kill();
    assert!(redis.try_command::<String>(&["PING"]).is_err());
    redis.restart();
    assert_eq!(redis.command::<String>(&["GET", "name"]), "Ada");
    redis.kill();
    redis.wipe();
    redis.restart();
    assert_eq!(redis.command::<Option<String>>(&["GET", "name"]), None);
    let directory = redis.directory().to_owned();
    drop(redis);
    assert!(!directory.exists());
}

#[test]
fn a_suspended_server_answers_after_it_is_resumed() {
    if !available() {
        return;
    }
    let redis = Redis::start();
    redis.pause();
    let mut line = TcpStream::connect(("127.0.0.1", redis.port())).expect("the system accepts");
    line.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
    line.write_all(b"PING\r\n").expect("sent");
    assert!(line.read(&mut [0; 16]).is_err(), "the server is suspended");
    redis.resume();
    assert_eq!(reply(&mut line), "+PONG\r\n");
}

#[test]
fn users_passwords_tls_and_a_memory_limit_can_be_configured() {
    if !available() {
        return;
    }
    let redis = Redis::builder().password("secret").acl_user("ada", "lovelace", "~{feats}* +@all").start();
    assert_eq!(redis.url(), format!("redis://:secret@127.0.0.1:{}", redis.port()));
    assert_eq!(redis.command::<Vec<String>>(&["ACL", "USERS"]), ["ada", "default"]);
    let mut line = TcpStream::connect(("127.0.0.1", redis.port())).expect("connected");
    line.write_all(b"GET name\r\n").expect("sent");
    assert!(reply(&mut line).starts_with("-NOAUTH"));

    let redis = Redis::builder().tls().start();
    assert_eq!(redis.url(), format!("rediss://127.0.0.1:{}", redis.port()));
    assert_eq!(redis.command::<String>(&["PING"]), "PONG");
    assert!(redis.certificates().ca().exists() && redis.certificates().wrong_ca().exists());

    let redis = Redis::builder().max_memory("2mb").start();
    let mut fill = (0..100).map(|n| redis.try_command::<()>(&["SET", &n.to_string(), &"x".repeat(100_000)]));
    let refused = fill.find_map(Result::err).expect("10 MB do not fit");
    assert!(refused.to_string().contains("OOM"), "{refused}");
}

#[test]
fn sentinels_promote_the_replica() {
    if !available() {
        return;
    }
    let sentinel = Sentinel::start();
    let (master, replica) = (sentinel.master(), sentinel.replica());
    master.command::<()>(&["SET", "name", "Ada"]);
    assert_eq!(master.command::<i64>(&["WAIT", "1", "10000"]), 1);
    sentinel.kill_master();
    sentinel.wait_for_failover();
    assert_eq!(sentinel.master().port(), replica.port());
    assert_eq!(replica.command::<String>(&["GET", "name"]), "Ada");
    sentinel.restart_killed();
    assert_eq!(sentinel.replica().command::<String>(&["GET", "name"]), "Ada");
}

#[test]
fn a_cluster_migrates_slots_and_survives_the_loss_of_a_master() {
    if !available() {
        return;
    }
    let cluster = Cluster::start();
    let key = "{feats}:current";
    let first = cluster.master_of(key);
    first.command::<()>(&["SET", key, "Ada"]);
    cluster.migrate_slot_of(key);
    let second = cluster.master_of(key);
    assert_ne!(first.port(), second.port());
    assert_eq!(second.command::<String>(&["GET", key]), "Ada");
    // `WAIT` covers only writes of its own connection, and the key was written by another one.
    until("a replica has it", || {
        let said: String = second.command(&["INFO", "replication"]);
        let offset = |name: &str| Some(said.split_once(name)?.1.split([',', '\r']).next()?.to_owned());
        offset("offset=").is_some_and(|has| offset("master_repl_offset:") == Some(has))
    });
    let killed = cluster.kill_master_of(key);
    assert_eq!(killed.port(), second.port());
    let third = cluster.master_of(key);
    assert_ne!(third.port(), second.port());
    assert_eq!(third.command::<String>(&["GET", key]), "Ada");
    killed.restart();
    cluster.wait_until_whole();
}

#[test]
fn a_proxy_forwards_delays_cuts_refuses_and_stalls() {
    if !available() {
        return;
    }
    let redis = Redis::start();
    redis.command::<()>(&["SET", "long", &"x".repeat(1_000)]);
    let proxy = Proxy::to(redis.port());
    let connect = || {
        let line = TcpStream::connect(("127.0.0.1", proxy.port())).expect("connected");
        line.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        line
    };
    let mut line = connect();
    line.write_all(b"PING\r\n").expect("sent");
    assert_eq!(reply(&mut line), "+PONG\r\n");

    proxy.set(Link::Slow { delay: Duration::from_millis(50), resets: 0.0 });
    let begun = Instant::now();
    line.write_all(b"PING\r\n").expect("sent");
    assert_eq!(reply(&mut line), "+PONG\r\n");
    assert!(begun.elapsed() >= Duration::from_millis(100), "a delay each way");

    proxy.set(Link::BlackHole);
    line.write_all(b"PING\r\n").expect("sent");
    line.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
    assert!(line.read(&mut [0; 16]).is_err(), "nothing arrives");
    proxy.set(Link::Pass);
    line.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    assert_eq!(reply(&mut line), "+PONG\r\n", "what was sent arrives late");

    proxy.set(Link::Cut { after: 100 });
    line.write_all(b"GET long\r\n").expect("sent");
    let mut arrived = Vec::new();
    let _ = line.read_to_end(&mut arrived);
    assert_eq!(arrived.len(), 100);

    proxy.set(Link::Refuse);
    assert_eq!(proxy.connections().len(), 1);
    let mut refused = connect();
    assert!(refused.read(&mut [0; 16]).is_err(), "it is reset");
    until("the refused connection is counted", || proxy.connections().len() == 2);
    proxy.set(Link::Slow { delay: Duration::ZERO, resets: 1.0 });
    let mut line = connect();
    line.write_all(b"PING\r\n").expect("sent");
    assert!(line.read(&mut [0; 16]).is_err(), "its reply is reset");
}

fn reply(line: &mut TcpStream) -> String {
    let mut buffer = [0; 256];
    let read = line.read(&mut buffer).expect("a reply");
    String::from_utf8_lossy(buffer.get(..read).expect("what was read")).into_owned()
}

#[test]
fn postgres_keeps_what_it_committed_when_it_is_killed() {
    if !Postgres::available() {
        return;
    }
    let server = Postgres::builder().durable().start();
    assert!(server.database().ends_with(&format!(":{}/test_0", server.port())));
    server.sql("test_0", "CREATE TABLE t (n int); INSERT INTO t VALUES (7)");
    server.kill();
    server.restart();
    assert_eq!(server.sql("test_0", "SELECT n FROM t"), "7");
}

#[test]
fn mariadb_keeps_what_it_committed_when_it_is_killed() {
    if !MariaDb::available() {
        return;
    }
    let server = MariaDb::builder().durable().start();
    assert!(server.database().ends_with(&format!(":{}/test_0", server.port())));
    server.sql("test_0", "CREATE TABLE t (n int); INSERT INTO t VALUES (7)");
    server.kill();
    server.restart();
    assert_eq!(server.sql("test_0", "SELECT n FROM t"), "7");
}

#[test]
fn consul_denies_what_no_token_permits_and_keeps_its_data() {
    if !Consul::available() {
        return;
    }
    let agent = Consul::builder().durable().access_control().start();
    assert_eq!(agent.request("PUT", "/v1/kv/name", "Ada"), (200, "true".to_owned()));
    agent.kill();
    agent.restart();
    assert_eq!(agent.request("GET", "/v1/kv/name?raw", ""), (200, "Ada".to_owned()));
}

#[test]
fn moto_has_buckets_with_objects() {
    if !Moto::available() {
        return;
    }
    let server = Moto::start();
    server.create_bucket("shop");
    assert_eq!(server.request("PUT", "/shop/name", "Ada").0, 200);
    assert_eq!(server.request("GET", "/shop/name", ""), (200, "Ada".to_owned()));
}
