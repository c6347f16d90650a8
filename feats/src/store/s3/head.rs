//! The head: one object that lists the newest revision of every feature, in the order of their commits.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::error::Failure;
use crate::error::{Error, ErrorKind};
use crate::model::{Entry, Hash};
use crate::store::{Cursor, RevisionStamp};

/// The version of the format of the head.
const FORMAT: u32 = 1;
/// The number of changes that the head lists, for cursors.
const MAX_CHANGES: usize = 256;
/// The maximum size of the head: that of about 100 000 features.
pub(super) const MAX_HEAD_BYTES: u64 = 16 << 20;

/// A head with the tag of its object.
pub(super) struct StoredHead {
    pub(super) content: Head,
    /// `None` if there is no object yet.
    pub(super) tag: Option<String>,
}

/// The content of the head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    format: u32,
    pub(super) epoch: String,
    /// The number of commits so far.
    pub(super) position: u64,
    pub(super) features: BTreeMap<String, Newest>,
    /// The ids of the last commits, oldest first; the last one is that of `position`.
    changes: VecDeque<String>,
}

/// The newest revision of a feature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Newest {
    pub(super) position: u64,
    pub(super) version: u64,
    pub(super) hash: String,
    pub(super) id: String,
}

/// A cursor as its parts.
#[derive(Debug, PartialEq)]
pub(super) struct Position {
    epoch: String,
    pub(super) number: u64,
    id: String,
}

/// What a cursor means for the current head.
#[derive(Debug, PartialEq)]
pub(super) enum CursorValidity {
    /// Changes after this position can be listed.
    Valid(u64),
    /// The position is too old, or of another epoch.
    Unknown,
    /// The data is older than the position: it was emptied or restored from an older copy.
    Lost,
}

impl Head {
    /// Returns the first head of an empty bucket, with a new epoch.
    pub(super) fn new() -> Self {
        Self { epoch: new_epoch(), ..Self::absent() }
    }

    /// Returns the head of a bucket that has none.
    pub(super) fn absent() -> Self {
        Self { format: FORMAT, epoch: String::new(), position: 0, features: BTreeMap::new(), changes: VecDeque::new() }
    }

    pub(super) fn encode(&self) -> Result<Vec<u8>, Failure> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| Error::new(ErrorKind::Invalid, "the head cannot be encoded as JSON").with_source(error))?;
        super::objects::check_size(bytes.len() as u64, MAX_HEAD_BYTES)?;
        Ok(bytes)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let foreign = |error| {
            let message = "head.json is not of feats; check for another program that uses the same prefix";
            Error::new(ErrorKind::Corrupt, message).with_source(error)
        };
        let Format { format } = serde_json::from_slice(bytes).map_err(foreign)?;
        if format > FORMAT {
            let message =
                format!("head.json has format {format}, from a newer version of feats; this version supports {FORMAT}");
            return Err(Error::new(ErrorKind::Corrupt, message).into());
        }
        Ok(serde_json::from_slice(bytes).map_err(foreign)?)
    }

    /// Returns the head after the commit of an entry.
    pub(super) fn after(&self, entry: &Entry) -> Self {
        let mut next = self.clone();
        next.position += 1;
        let (version, hash, id) = (entry.version, entry.hash.to_string(), entry.id.clone());
        next.features.insert(entry.feature.clone(), Newest { position: next.position, version, hash, id });
        next.changes.push_back(entry.id.clone());
        if next.changes.len() > MAX_CHANGES {
            next.changes.pop_front();
        }
        next
    }

    /// Returns the head in a new epoch.
    pub(super) fn in_new_epoch(&self) -> Self {
        Self { epoch: new_epoch(), ..self.clone() }
    }

    pub(super) fn cursor(&self) -> Cursor {
        let id = self.changes.back().map_or("", String::as_str);
        Cursor(format!("{}:{}:{id}", self.epoch, self.position))
    }

    /// Returns what a cursor means for this head.
    pub(super) fn validity_of(&self, cursor: &Cursor) -> CursorValidity {
        let Some(position) = Position::parse(cursor).filter(|position| position.epoch == self.epoch) else {
            return CursorValidity::Unknown;
        };
        if position.number > self.position {
            return CursorValidity::Lost;
        }
        let age = usize::try_from(self.position - position.number).unwrap_or(usize::MAX);
        if position.number == 0 && self.position <= self.changes.len() as u64 {
            return if position.id.is_empty() { CursorValidity::Valid(0) } else { CursorValidity::Lost };
        }
        match self.changes.len().checked_sub(age.saturating_add(1)).and_then(|at| self.changes.get(at)) {
            None => CursorValidity::Unknown,
            Some(id) if *id == position.id => CursorValidity::Valid(position.number),
            Some(_) => CursorValidity::Lost,
        }
    }
}

impl Newest {
    /// Returns the hash.
    pub(super) fn hash(&self) -> Result<Hash, Failure> {
        let damaged = |_| Error::new(ErrorKind::Corrupt, "head.json has a hash that is not one");
        Ok(self.hash.parse().map_err(damaged)?)
    }

    /// Returns the stamp that the next writer must expect.
    pub(super) fn stamp(&self) -> Result<RevisionStamp, Failure> {
        Ok(RevisionStamp { version: self.version, hash: self.hash()? })
    }
}

impl Position {
    fn parse(cursor: &Cursor) -> Option<Self> {
        let (epoch, rest) = cursor.0.split_once(':')?;
        let (number, id) = rest.split_once(':')?;
        Some(Self { epoch: epoch.to_owned(), number: number.parse().ok()?, id: id.to_owned() })
    }
}

fn new_epoch() -> String {
    format!("{:016x}", fastrand::u64(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: u64) -> Entry {
        Entry { id: format!("id{n}"), ..Entry::missing("F", n) }
    }

    #[test]
    fn a_cursor_is_valid_until_it_is_older_than_the_listed_changes() {
        let mut heads = vec![Head::new()];
        for n in 1..=600 {
            heads.push(heads[heads.len() - 1].after(&entry(n)));
        }
        let newest = &heads[600];
        for (n, head) in heads.iter().enumerate() {
            let expected =
                if n > 600 - MAX_CHANGES { CursorValidity::Valid(n as u64) } else { CursorValidity::Unknown };
            assert_eq!(newest.validity_of(&head.cursor()), expected, "{n}");
        }
        assert_eq!(heads[100].validity_of(&heads[0].cursor()), CursorValidity::Valid(0));
        assert_eq!(
            heads[100].validity_of(&heads[101].cursor()),
            CursorValidity::Lost,
            "the head is older than the cursor"
        );
        let other = heads[99].after(&entry(7));
        assert_eq!(other.validity_of(&heads[100].cursor()), CursorValidity::Lost, "written since it was restored");
        assert_eq!(newest.in_new_epoch().validity_of(&newest.cursor()), CursorValidity::Unknown);
        assert_eq!(newest.validity_of(&Cursor("nonsense".to_owned())), CursorValidity::Unknown);
    }

    #[test]
    fn a_head_of_something_else_or_of_a_newer_version_is_refused() {
        let head = Head::new().after(&entry(1));
        assert_eq!(Head::decode(&head.encode().unwrap()).unwrap(), head);
        for (bytes, why) in
            [(&b"hello"[..], "not of feats"), (b"{\"a\": 1}", "not of feats"), (b"{\"format\": 2}", "newer version")]
        {
            let Err(Failure::Described(error)) = Head::decode(bytes) else { panic!("{bytes:?}") };
            assert!(error.kind() == ErrorKind::Corrupt && error.message().contains(why), "{error}");
        }
    }
}
