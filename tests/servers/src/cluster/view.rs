//! The view of one node on the cluster: the reply to `CLUSTER NODES`.

use crate::redis::Redis;

/// The view of one node on the cluster.
pub(super) struct View(Vec<Member>);

/// A node in the view of another one.
pub(super) struct Member {
    pub(super) id: String,
    pub(super) port: u16,
    flags: String,
    slots: Vec<(u16, u16)>,
}

impl View {
    /// Queries the view of a node. It is empty if the node does not answer.
    pub(super) fn query(node: &Redis) -> Self {
        let lines: String = node.try_command(&["CLUSTER", "NODES"]).unwrap_or_default();
        Self(lines.lines().filter_map(Member::parse).collect())
    }

    /// Returns the master of a slot.
    pub(super) fn owner(&self, slot: u16) -> Option<&Member> {
        self.masters().find(|member| member.slots.iter().any(|(first, last)| (*first..=*last).contains(&slot)))
    }

    /// Returns the healthy masters.
    pub(super) fn masters(&self) -> impl Iterator<Item = &Member> {
        self.0.iter().filter(|member| member.is("master") && member.is_healthy())
    }

    /// Returns `true` if the view has three masters and three replicas, all healthy.
    pub(super) fn is_whole(&self) -> bool {
        self.0.iter().filter(|member| member.is_healthy()).count() == 6 && self.masters().count() == 3
    }
}

impl Member {
    /// Parses a line: `<id> <ip:port@bus,name> <flags> <master> <ping> <pong> <epoch> <link> <slot> <first>-<last> ..`.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let id = words.next()?.to_owned();
        let port = words.next()?.split_once('@')?.0.rsplit_once(':')?.1.parse().ok()?;
        let flags = words.next()?.to_owned();
        // A migrating slot is in brackets, and not owned by the target node yet.
        let slots = words.skip(5).filter(|word| !word.starts_with('['));
        let range = |word: &str| {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            Some((first.parse().ok()?, last.parse().ok()?))
        };
        Some(Self { id, port, flags, slots: slots.filter_map(range).collect() })
    }

    fn is(&self, flag: &str) -> bool {
        self.flags.split(',').any(|word| word == flag)
    }

    fn is_healthy(&self) -> bool {
        !["fail", "fail?", "handshake", "noaddr"].iter().any(|flag| self.is(flag))
    }
}
