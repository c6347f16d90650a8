//! A cluster of six nodes: three masters, each with a replica.

mod view;

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::redis::Redis;
use crate::until;
use view::View;

/// Three masters that share the slots, each with a replica.
pub struct Cluster {
    nodes: Vec<Redis>,
}

impl Cluster {
    /// Starts all six nodes, and waits until each sees a complete cluster.
    ///
    /// # Panics
    /// Panics if `redis-cli` cannot create the cluster.
    pub fn start() -> Self {
        let node = || Redis::builder().appendonly().cluster().arg("cluster-node-timeout", "2000").start();
        let started = Self { nodes: std::iter::repeat_with(node).take(6).collect() };
        let mut create = Command::new("redis-cli");
        create.args(["--cluster", "create"]).args(started.addresses()).stdin(Stdio::null());
        let output = create.args(["--cluster-replicas", "1", "--cluster-yes"]).output().expect("redis-cli starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        started.wait_until_whole();
        started
    }

    /// Returns a cluster that is shared by the tests of this process that do not damage it. It ends with its last user.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Self::start());
            *shared = Arc::downgrade(&started);
            started
        })
    }

    /// Returns the URL with all nodes: `redis+cluster://host:port,host:port,...`.
    pub fn url(&self) -> String {
        format!("redis+cluster://{}", self.addresses().join(","))
    }

    /// Returns the nodes.
    pub fn nodes(&self) -> &[Redis] {
        &self.nodes
    }

    /// Returns the running master of a key. Waits until all running nodes agree on it.
    ///
    /// # Panics
    /// Panics if they do not agree within a minute.
    pub fn master_of(&self, key: &str) -> &Redis {
        let slot = self.slot_of(key);
        let mut agreed = None;
        until("all nodes agree on a master that runs", || {
            let mut owners = self.running().map(|node| View::query(node).owner(slot).map(|owner| owner.port));
            let first = owners.next().flatten();
            agreed = self.running().find(|node| Some(node.port()) == first);
            agreed.is_some() && owners.all(|owner| owner == first)
        });
        agreed.expect("a master")
    }

    /// Kills the master of a key, and returns it so that it can be restarted.
    pub fn kill_master_of(&self, key: &str) -> &Redis {
        let master = self.master_of(key);
        master.kill();
        master
    }

    /// Moves the slot of a key with its content to another master, step by step like `redis-cli --cluster reshard`.
    ///
    /// # Panics
    /// Panics if a node refuses a step.
    pub fn migrate_slot_of(&self, key: &str) {
        let slot = self.slot_of(key);
        let source = self.master_of(key);
        let view = View::query(source);
        let from = view.owner(slot).expect("the master itself");
        let to = view.masters().find(|other| other.id != from.id).expect("another master");
        let target = self.nodes.iter().find(|node| node.port() == to.port).expect("one of the nodes");
        let (slot, port) = (slot.to_string(), to.port.to_string());
        target.command::<()>(&["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from.id]);
        source.command::<()>(&["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to.id]);
        loop {
            let keys: Vec<String> = source.command(&["CLUSTER", "GETKEYSINSLOT", &slot, "10"]);
            if keys.is_empty() {
                break;
            }
            for key in keys {
                source.command::<()>(&["MIGRATE", "127.0.0.1", &port, &key, "0", "5000"]);
            }
        }
        // The other nodes learn of the move from these two.
        for node in [target, source] {
            node.command::<()>(&["CLUSTER", "SETSLOT", &slot, "NODE", &to.id]);
        }
        assert_eq!(self.master_of(key).port(), to.port);
    }

    /// Waits until every node sees a complete cluster, after one was restarted.
    pub fn wait_until_whole(&self) {
        until("the cluster is complete", || {
            self.nodes.iter().all(|node| is_ready(node) && View::query(node).is_whole())
        });
    }

    fn addresses(&self) -> Vec<String> {
        self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.port())).collect()
    }

    fn running(&self) -> impl Iterator<Item = &Redis> {
        self.nodes.iter().filter(|node| node.is_running())
    }

    fn slot_of(&self, key: &str) -> u16 {
        self.running().next().expect("a running node").command(&["CLUSTER", "KEYSLOT", key])
    }
}

/// Returns `true` if a node serves requests, and is connected to its master if it is a replica.
fn is_ready(node: &Redis) -> bool {
    let says = |words: [&str; 2], line: &str| {
        node.try_command::<String>(&words).is_ok_and(|answer| answer.lines().any(|given| given == line))
    };
    says(["CLUSTER", "INFO"], "cluster_state:ok")
        && (says(["INFO", "replication"], "role:master") || says(["INFO", "replication"], "master_link_status:up"))
}
