//! A master with a replica, monitored by three sentinels.

use std::sync::Mutex;

use crate::builder::RedisBuilder;
use crate::redis::Redis;
use crate::until;

/// A master, its replica, and three sentinels that promote the replica if the master fails.
pub struct Sentinel {
    servers: [Redis; 2],
    sentinels: [Redis; 3],
    /// The port of the killed master, until the failover.
    killed: Mutex<Option<u16>>,
}

/// The name of the master.
const MASTER_NAME: &str = "mymaster";

impl Sentinel {
    /// Starts all five servers, and waits until they know each other.
    pub fn start() -> Self {
        let master = Redis::builder().appendonly().start();
        let replica = Redis::builder().appendonly().start();
        replica.command::<()>(&["REPLICAOF", "127.0.0.1", &master.port().to_string()]);
        until("the replica is connected to its master", || {
            info(&replica, "replication").contains("master_link_status:up")
        });
        let sentinels = std::array::from_fn(|_| sentinel(master.port()));
        let started = Self { servers: [master, replica], sentinels, killed: Mutex::new(None) };
        until("the sentinels know everyone", || started.sentinels.iter().all(knows_everyone));
        started
    }

    /// Returns the URL `redis+sentinel://host:port,host:port,host:port/mymaster`.
    pub fn url(&self) -> String {
        let places = self.sentinels.each_ref().map(|sentinel| format!("127.0.0.1:{}", sentinel.port()));
        format!("redis+sentinel://{}/{MASTER_NAME}", places.join(","))
    }

    /// Returns the three sentinels.
    pub fn sentinels(&self) -> &[Redis; 3] {
        &self.sentinels
    }

    /// Returns the server that all sentinels report as master.
    ///
    /// # Panics
    /// Panics if they do not agree within a minute.
    pub fn master(&self) -> &Redis {
        let mut agreed = None;
        until("the sentinels agree on a master", || {
            let mut ports = self.sentinels.iter().map(master_port);
            let first = ports.next().flatten();
            agreed = first.filter(|_| ports.all(|port| port == first));
            agreed.is_some()
        });
        self.servers.iter().find(|server| Some(server.port()) == agreed).expect("one of the servers")
    }

    /// Returns the replica.
    pub fn replica(&self) -> &Redis {
        let master = self.master().port();
        self.servers.iter().find(|server| server.port() != master).expect("the other server")
    }

    /// Kills the master.
    pub fn kill_master(&self) {
        let master = self.master();
        *self.killed.lock().expect("a lock") = Some(master.port());
        master.kill();
    }

    /// Waits until the replica has replaced the killed master.
    pub fn wait_for_failover(&self) {
        let killed = self.killed.lock().expect("a lock").take();
        until("a failover", || {
            let master = self.master();
            Some(master.port()) != killed && info(master, "replication").contains("role:master")
        });
    }

    /// Restarts the killed server as replica of the new master, and waits until it is connected.
    pub fn restart_killed(&self) {
        let dead = self.servers.iter().find(|server| !server.is_running()).expect("a server that was killed");
        dead.restart();
        // The sentinels would do this only after ten seconds.
        dead.command::<()>(&["REPLICAOF", "127.0.0.1", &self.master().port().to_string()]);
        until("the old master is connected to the new one", || {
            info(dead, "replication").contains("master_link_status:up")
        });
    }
}

fn sentinel(master: u16) -> Redis {
    let monitored = format!("monitor {MASTER_NAME} 127.0.0.1 {master} 2");
    RedisBuilder::new("redis-sentinel")
        .arg("sentinel", &monitored)
        .arg("sentinel", &format!("down-after-milliseconds {MASTER_NAME} 1000"))
        .arg("sentinel", &format!("failover-timeout {MASTER_NAME} 1000"))
        .start()
}

fn info(server: &Redis, section: &str) -> String {
    server.try_command(&["INFO", section]).unwrap_or_default()
}

fn knows_everyone(sentinel: &Redis) -> bool {
    let facts: Vec<String> = sentinel.command(&["SENTINEL", "MASTER", MASTER_NAME]);
    let is = |name: &str, value: &str| facts.chunks(2).any(|fact| fact == [name, value]);
    is("num-other-sentinels", "2") && is("num-slaves", "1") && is("flags", "master")
}

fn master_port(sentinel: &Redis) -> Option<u16> {
    let address: Vec<String> = sentinel.try_command(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME]).ok()?;
    address.get(1)?.parse().ok()
}
