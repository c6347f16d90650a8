//! Which node of a cluster serves which slot.
//!
//! The driver has a connection to a cluster too. It sends a command again when a reply was lost, which would count
//! twice, and after such a second try `WAIT` knows nothing of the first. So redirections are followed here, and what
//! may have happened is never done again.

use std::collections::HashMap;

use redis::cluster_routing::Slot;
use redis::{Value, from_redis_value};

use super::address::Node;
use super::error::Failure;
use crate::error::{Error, ErrorKind};

/// The master of every slot, as one of the nodes told.
#[derive(Debug)]
pub(super) struct SlotMap {
    masters: Vec<Node>,
    by_slot: HashMap<Slot, usize>,
}

/// First slot, last slot, master, replicas. A master is host, port, id and more.
type Range = Vec<Value>;

impl SlotMap {
    /// Reads the answer to `CLUSTER SLOTS` of the node that was asked.
    pub(super) fn read(asked: &Node, answer: Value) -> Result<Self, Failure> {
        let ranges: Vec<Range> = from_redis_value(answer)?;
        let mut map = Self { masters: Vec::new(), by_slot: HashMap::new() };
        for range in ranges {
            let mut parts = range.into_iter();
            let (Some(first), Some(last), Some(master)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let (first, last): (u16, u16) = (from_redis_value(first)?, from_redis_value(last)?);
            let mut master = from_redis_value::<Vec<Value>>(master)?.into_iter();
            let host: Option<String> = from_redis_value(master.next().unwrap_or_default())?;
            let port: u16 = from_redis_value(master.next().unwrap_or_default())?;
            // A node that does not know its own name is where it was asked.
            let host = host.filter(|host| !host.is_empty() && host != "?").unwrap_or_else(|| asked.host.clone());
            let position = map.masters.len();
            map.masters.push(Node { host, port });
            map.by_slot.extend((first..=last).filter_map(Slot::new).map(|slot| (slot, position)));
        }
        Ok(map)
    }

    /// The masters, each once.
    pub(super) fn masters(&self) -> Vec<Node> {
        let mut masters: Vec<Node> = Vec::new();
        for master in &self.masters {
            if !masters.contains(master) {
                masters.push(master.clone());
            }
        }
        masters
    }

    /// The master of a slot.
    ///
    /// # Errors
    /// Nobody serves it.
    pub(super) fn master(&self, slot: Slot) -> Result<&Node, Failure> {
        let master = self.by_slot.get(&slot).and_then(|position| self.masters.get(*position));
        let message = "the cluster is down: not all of its slots are served";
        master.ok_or_else(|| Error::new(ErrorKind::Unavailable, message).into())
    }
}
