//! What one node of a cluster knows of all: the answer to `CLUSTER NODES`.

use crate::redis::Redis;

/// What one node knows.
pub(super) struct View(Vec<Member>);

/// A node, as another one knows it.
pub(super) struct Member {
    pub(super) id: String,
    pub(super) port: u16,
    flags: String,
    slots: Vec<(u16, u16)>,
}

impl View {
    /// What this node knows; nothing while it does not answer.
    pub(super) fn of(node: &Redis) -> Self {
        let lines: String = node.try_command(&["CLUSTER", "NODES"]).unwrap_or_default();
        Self(lines.lines().filter_map(Member::read).collect())
    }

    /// The master that holds a slot.
    pub(super) fn owner(&self, slot: u16) -> Option<&Member> {
        self.masters().find(|member| member.slots.iter().any(|(first, last)| (*first..=*last).contains(&slot)))
    }

    /// The masters that are well.
    pub(super) fn masters(&self) -> impl Iterator<Item = &Member> {
        self.0.iter().filter(|member| member.is("master") && member.is_well())
    }

    /// Whether it knows three masters and three replicas, all well.
    pub(super) fn is_whole(&self) -> bool {
        self.0.iter().filter(|member| member.is_well()).count() == 6 && self.masters().count() == 3
    }
}

impl Member {
    /// `<id> <ip:port@bus,name> <flags> <master> <ping> <pong> <epoch> <link> <slot> <first>-<last> ..`
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let id = words.next()?.to_owned();
        let port = words.next()?.split_once('@')?.0.rsplit_once(':')?.1.parse().ok()?;
        let flags = words.next()?.to_owned();
        // A slot that is moving stands in brackets: it is not held by whom it moves to.
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

    fn is_well(&self) -> bool {
        !["fail", "fail?", "handshake", "noaddr"].iter().any(|flag| self.is(flag))
    }
}
