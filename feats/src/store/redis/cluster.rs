//! The masters of a cluster by slot.
//!
//! The driver's own cluster connection is not used. It resends a command when a reply was lost, which would count twice, and
//! `WAIT` after the second attempt does not cover the first. So feats follows redirections itself, and never resends a command
//! that may have been executed.

use std::collections::HashMap;

use redis::cluster_routing::Slot;
use redis::{Value, from_redis_value};

use super::error::Failure;
use crate::error::{Error, ErrorKind};
use crate::url::HostPort;

/// The master of every slot, as one of the nodes reported it.
#[derive(Debug)]
pub(super) struct SlotMap {
    masters: Vec<HostPort>,
    by_slot: HashMap<Slot, usize>,
}

/// A range of slots: first slot, last slot, master, replicas. A master is host, port, id and more.
type Range = Vec<Value>;

impl SlotMap {
    /// Parses the response of a node to `CLUSTER SLOTS`.
    pub(super) fn parse(asked: &HostPort, answer: Value) -> Result<Self, Failure> {
        let ranges: Vec<Range> = from_redis_value(answer)?;
        let mut map = Self { masters: Vec::new(), by_slot: HashMap::new() };
        for range in ranges {
            let mut parts = range.into_iter();
            let (Some(first), Some(last), Some(master)) = (parts.next(), parts.next(), parts.next()) else { continue };
            let (first, last): (u16, u16) = (from_redis_value(first)?, from_redis_value(last)?);
            let mut master = from_redis_value::<Vec<Value>>(master)?.into_iter();
            let host: Option<String> = from_redis_value(master.next().unwrap_or_default())?;
            let port: u16 = from_redis_value(master.next().unwrap_or_default())?;
            // A node that does not know its own host has the host at which it was asked.
            let host = host.filter(|host| !host.is_empty() && host != "?").unwrap_or_else(|| asked.host.clone());
            let index = map.masters.len();
            map.masters.push(HostPort { host, port });
            map.by_slot.extend((first..=last).filter_map(Slot::new).map(|slot| (slot, index)));
        }
        Ok(map)
    }

    /// Returns the masters, each once.
    pub(super) fn masters(&self) -> Vec<HostPort> {
        let mut masters: Vec<HostPort> = Vec::new();
        for master in &self.masters {
            if !masters.contains(master) {
                masters.push(master.clone());
            }
        }
        masters
    }

    /// Returns the master of a slot.
    ///
    /// # Errors
    /// No node serves the slot.
    pub(super) fn master(&self, slot: Slot) -> Result<&HostPort, Failure> {
        let master = self.by_slot.get(&slot).and_then(|index| self.masters.get(*index));
        let message = "the cluster is down: not all of its slots are served";
        master.ok_or_else(|| Error::new(ErrorKind::Unavailable, message).into())
    }
}
