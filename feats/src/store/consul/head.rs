//! The head: the epoch, the number of changes so far, and the newest of them. Every append modifies it, so all appends are in one
//! order.

use serde::{Deserialize, Serialize};

use super::client::{Agent, Consistency, Value};
use super::codec::json;
use super::keys::segment;
use super::transaction::Operation;
use crate::error::{ErrorKind, Result};
use crate::model::Entry;
use crate::store::Cursor;

/// The format of the keys and values.
const FORMAT: u32 = 1;

/// The maximum number of changes in the head. A watcher that is further behind loads all states.
const MAX_CHANGES: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    format: u32,
    pub(super) epoch: String,
    /// The number of changes so far.
    position: u64,
    /// The newest changes, oldest first.
    changes: Vec<Change>,
}

/// A head as it was read, and the index at which it was last modified.
pub(super) struct StoredHead {
    pub(super) head: Head,
    pub(super) index: u64,
}

/// A revision that was appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    /// The segment of the feature's name in keys.
    pub(super) feature: String,
    pub(super) version: u64,
    id: String,
}

/// The number of a change in the order of commits, and the id of its revision. If the id differs, Consul was restored from an older
/// copy and written since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    epoch: String,
    number: u64,
    id: String,
}

/// The result of comparing a position with the head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Comparison<'a> {
    /// The position is the newest change.
    Newest,
    /// These changes are newer.
    Behind(&'a [Change]),
    /// The head does not reach back to the position.
    TooOld,
    /// The position is not in the current order: Consul was restored from an older copy.
    Lost,
    /// The position is of another epoch.
    Foreign,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl Head {
    /// Creates the head of an empty store, with a random epoch.
    fn new() -> Self {
        Self { format: FORMAT, epoch: random_epoch(), position: 0, changes: Vec::new() }
    }

    /// Returns the head after the append of an entry.
    fn after(&self, entry: &Entry) -> Self {
        let change = Change { feature: segment(&entry.feature), version: entry.version, id: entry.id.clone() };
        let surplus = (self.changes.len() + 1).saturating_sub(MAX_CHANGES);
        let changes = self.changes.iter().skip(surplus).cloned().chain([change]).collect();
        Self { position: self.position + 1, changes, ..self.clone() }
    }

    pub(super) fn cursor(&self) -> Cursor {
        let id = self.changes.last().map(|change| change.id.as_str()).unwrap_or_default();
        Cursor(format!("{}:{}:{id}", self.epoch, self.position))
    }

    pub(super) fn compare(&self, position: &Position) -> Comparison<'_> {
        if position.epoch != self.epoch {
            return Comparison::Foreign;
        }
        let Some(missed) = self.position.checked_sub(position.number) else { return Comparison::Lost };
        let known = usize::try_from(missed)
            .ok()
            .and_then(|missed| self.changes.split_at_checked(self.changes.len().checked_sub(missed)?));
        let Some((seen, newer)) = known else { return Comparison::TooOld };
        match seen.last() {
            Some(change) if change.id != position.id => Comparison::Lost,
            None if position.number > 0 => Comparison::TooOld,
            _ if newer.is_empty() => Comparison::Newest,
            _ => Comparison::Behind(newer),
        }
    }
}

impl StoredHead {
    /// Returns the operation that adds a change, if there was none since.
    pub(super) fn add(head: Option<&Self>, keys: &super::keys::Keys, entry: &Entry) -> Operation {
        let (next, index) = match head {
            Some(Self { head, index }) => (head.after(entry), *index),
            None => (Head::new().after(entry), 0),
        };
        Operation::set(keys.head(), &json(&next), index)
    }
}

impl Position {
    pub(super) fn parse(cursor: &Cursor) -> Option<Self> {
        let (epoch, rest) = cursor.0.split_once(':')?;
        let (number, id) = rest.split_once(':')?;
        Some(Self { epoch: epoch.to_owned(), number: number.parse().ok()?, id: id.to_owned() })
    }
}

impl Agent {
    /// Returns the head if there is one.
    pub(super) async fn find_head(&self, consistency: Consistency) -> Result<Option<StoredHead>> {
        self.get(&self.keys()?.head(), consistency).await?.map(|value| self.decode_head(&value)).transpose()
    }

    /// Returns the head. Creates it if there is none.
    pub(super) async fn head(&self, consistency: Consistency) -> Result<StoredHead> {
        if let Some(head) = self.find_head(consistency).await? {
            return Ok(head);
        }
        // If another program creates it first, that head is the right one.
        self.put(&self.keys()?.head(), &json(&Head::new()), Some(0)).await?;
        let head = self.find_head(Consistency::Verified).await?;
        head.ok_or_else(|| self.error(ErrorKind::Unavailable, "another program deletes the keys of feats"))
    }

    /// Begins a new epoch, if the head was not modified since. Returns whether it began.
    pub(super) async fn begin_epoch(&self, stored: &StoredHead) -> Result<bool> {
        let next = Head { epoch: random_epoch(), ..stored.head.clone() };
        self.put(&self.keys()?.head(), &json(&next), Some(stored.index)).await
    }

    pub(super) fn decode_head(&self, value: &Value) -> Result<StoredHead> {
        let foreign = |_| self.foreign_value(&value.key);
        let Format { format } = serde_json::from_slice(&value.bytes).map_err(foreign)?;
        if format > FORMAT {
            let message = format!(
                "the keys have format {format}, from a newer version of feats; this version supports up to {FORMAT}"
            );
            return Err(self.error(ErrorKind::Unsupported, message));
        }
        let head = serde_json::from_slice(&value.bytes).map_err(foreign)?;
        Ok(StoredHead { head, index: value.index })
    }
}

fn random_epoch() -> String {
    format!("{:016x}", fastrand::u64(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(changes: usize) -> Head {
        (1..=changes as u64).fold(Head::new(), |head, version| {
            head.after(&Entry { id: format!("id{version}"), ..Entry::missing("Pay", version) })
        })
    }

    fn position(head: &Head, number: u64, id: &str) -> Position {
        Position { epoch: head.epoch.clone(), number, id: id.to_owned() }
    }

    fn newer(head: &Head, number: u64, id: &str) -> Vec<u64> {
        match head.compare(&position(head, number, id)) {
            Comparison::Behind(changes) => changes.iter().map(|change| change.version).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_position_is_compared_with_the_head() {
        let three = head(3);
        assert_eq!(newer(&three, 0, ""), [1, 2, 3]);
        assert_eq!(newer(&three, 2, "id2"), [3]);
        assert_eq!(three.compare(&position(&three, 3, "id3")), Comparison::Newest);
        assert_eq!(three.compare(&position(&three, 4, "id4")), Comparison::Lost);
        assert_eq!(three.compare(&position(&three, 2, "other")), Comparison::Lost);
        assert_eq!(three.compare(&position(&head(3), 3, "id3")), Comparison::Foreign);
        assert_eq!(Position::parse(&three.cursor()), Some(position(&three, 3, "id3")));
        let empty = head(0);
        assert_eq!(empty.compare(&Position::parse(&empty.cursor()).unwrap()), Comparison::Newest);
    }

    #[test]
    fn the_head_keeps_a_limited_number_of_changes() {
        let full = head(MAX_CHANGES + 10);
        assert_eq!(full.changes.len(), MAX_CHANGES);
        assert_eq!(full.compare(&position(&full, 9, "id9")), Comparison::TooOld);
        assert_eq!(full.compare(&position(&full, 10, "id10")), Comparison::TooOld, "its id is not known any more");
        assert_eq!(newer(&full, 11, "id11").len(), MAX_CHANGES - 1);
    }
}
