//! Revisions: immutable, numbered states with author, time and comment, chained by their hashes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::json;
use super::state::State;
use super::time::Timestamp;
use crate::error::{Error, ErrorKind, Result, quoted};

/// The newest format of a revision that this version reads, and the one that it writes.
pub const FORMAT: u32 = 1;

/// The most bytes that a stored revision may have: 4 MiB.
pub const MAX_REVISION_BYTES: usize = 4 << 20;

/// A SHA-256 digest, in text as 64 hexadecimal digits. See [FIPS 180-4].
///
/// [FIPS 180-4]: https://csrc.nist.gov/pubs/fips/180-4/upd1/final
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Hash(pub [u8; 32]);

/// A revision as stores keep it: its bytes verbatim, beside what a store needs to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The feature's name.
    pub feature: String,
    /// The version, from 1 without holes.
    pub version: u64,
    /// The revision's random id: whoever lost the reply to a write recognises it.
    pub id: String,
    /// SHA-256 of the hash of the revision before, followed by `bytes`. Before the first one stand 32 zero bytes.
    pub hash: Hash,
    /// Whether this is a tombstone.
    pub removed: bool,
    /// The revision as JSON text, exactly as written.
    pub bytes: Vec<u8>,
}

/// An immutable, numbered state: who changed what, when and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    header: Header,
    hash: Hash,
    state: Option<Json>,
}

/// What a revision says of itself, in the order in which it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Header {
    /// The format's number; see [`FORMAT`].
    pub format: u32,
    /// The feature's name.
    pub feature: String,
    /// The version, from 1 without holes.
    pub version: u64,
    /// A random id.
    pub id: String,
    /// The hash of the revision before.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub previous: Hash,
    /// Who wrote it.
    pub author: String,
    /// Why.
    pub comment: String,
    /// When.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub time: Timestamp,
}

#[derive(Serialize)]
struct Written<'a, S: Serialize> {
    #[serde(flatten)]
    header: &'a Header,
    state: Option<&'a S>,
}

impl Hash {
    /// The hash of a revision: SHA-256 of the hash before it and its own bytes.
    pub fn chained(previous: &Hash, bytes: &[u8]) -> Self {
        Self(Sha256::new().chain_update(previous.0).chain_update(bytes).finalize().into())
    }
}

impl Entry {
    /// Writes a revision. `state` is a [`State`](super::State), or its JSON; a tombstone has none.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] beyond [`MAX_REVISION_BYTES`].
    pub fn write<S: Serialize>(header: &Header, state: Option<&S>) -> Result<Self> {
        let bytes = serde_json::to_vec(&Written { header, state })
            .map_err(|error| Error::new(ErrorKind::Invalid, "the state cannot be written").with_source(error))?;
        if bytes.len() > MAX_REVISION_BYTES {
            let message = format!("the state has {} bytes; at most {MAX_REVISION_BYTES} are stored", bytes.len());
            return Err(Error::new(ErrorKind::TooLarge, message).with_feature(&header.feature));
        }
        Ok(Self {
            feature: header.feature.clone(),
            version: header.version,
            id: header.id.clone(),
            hash: Hash::chained(&header.previous, &bytes),
            removed: state.is_none(),
            bytes,
        })
    }

    /// In place of a revision that a store has lost: it has a version and nothing else, and cannot be read.
    pub fn missing(feature: impl Into<String>, version: u64) -> Self {
        let (feature, id) = (feature.into(), String::new());
        Self { feature, version, id, hash: Hash::default(), removed: false, bytes: Vec::new() }
    }

    /// Whether it only says that the store has lost the revision of this version.
    pub fn is_missing(&self) -> bool {
        self.bytes.is_empty() && self.id.is_empty()
    }

    /// The entry that these bytes and their hash were; `None` if they are not those of a revision.
    pub fn recover(bytes: Vec<u8>, hash: Hash) -> Option<Self> {
        #[derive(Deserialize)]
        struct Known<'a> {
            feature: String,
            version: u64,
            id: String,
            #[serde(borrow)]
            state: &'a serde_json::value::RawValue,
        }
        let known: Known<'_> = serde_json::from_slice(&bytes).ok()?;
        let (feature, version, id, removed) = (known.feature, known.version, known.id, known.state.get() == "null");
        Some(Self { feature, version, id, hash, removed, bytes })
    }

    /// Reads and verifies: the bytes are those that were hashed, and they say the same as the entry.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] if not, if they were written in a format newer than [`FORMAT`], or if the revision is
    /// [missing](Self::missing).
    pub fn decode(&self) -> Result<Revision> {
        let corrupt = |message: String| {
            let name = format!("version {} is damaged: {message}", self.version);
            Error::new(ErrorKind::Corrupt, name).with_feature(&self.feature)
        };
        if self.is_missing() {
            let message = format!("version {} is missing: the store has lost it", self.version);
            return Err(Error::new(ErrorKind::Corrupt, message).with_feature(&self.feature));
        }
        if self.bytes.len() > MAX_REVISION_BYTES {
            return Err(corrupt(format!("it has {} bytes", self.bytes.len())));
        }
        let json = json::from_slice(&self.bytes).map_err(|error| corrupt(error.to_string()))?;
        let Json::Object(mut fields) = json else { return Err(corrupt("it is no JSON object".to_owned())) };
        let state = fields.remove("state").unwrap_or(Json::Null);
        if let Some(format) = fields.get("format").and_then(Json::as_u64).filter(|format| *format > u64::from(FORMAT)) {
            let message = format!(
                "version {} has format {format}, which a newer version of feats wrote; this one reads format {FORMAT}",
                self.version
            );
            return Err(Error::new(ErrorKind::Corrupt, message).with_feature(&self.feature));
        }
        let header: Header =
            serde_json::from_value(Json::Object(fields)).map_err(|error| corrupt(error.to_string()))?;
        if header.feature != self.feature || header.version != self.version || header.id != self.id {
            let found = format!("it says it is version {} of {}", header.version, quoted(&header.feature));
            return Err(corrupt(found));
        }
        if Hash::chained(&header.previous, &self.bytes) != self.hash {
            return Err(corrupt("its hash is not that of its bytes".to_owned()));
        }
        let state = (!state.is_null()).then_some(state);
        if state.is_none() != self.removed {
            return Err(corrupt("its mark as removed does not fit its state".to_owned()));
        }
        Ok(Revision { header, hash: self.hash, state })
    }
}

impl Revision {
    /// The version, from 1 without holes.
    pub fn version(&self) -> u64 {
        self.header.version
    }

    /// The feature's name.
    pub fn feature(&self) -> &str {
        &self.header.feature
    }

    /// Who wrote it.
    pub fn author(&self) -> &str {
        &self.header.author
    }

    /// Why.
    pub fn comment(&self) -> &str {
        &self.header.comment
    }

    /// When.
    pub fn time(&self) -> Timestamp {
        self.header.time
    }

    /// The random id.
    pub fn id(&self) -> &str {
        &self.header.id
    }

    /// The hash of the revision before; 32 zero bytes before the first one.
    pub fn previous(&self) -> Hash {
        self.header.previous
    }

    /// The hash of this revision, which covers all before it.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Whether this is a tombstone.
    pub fn is_removed(&self) -> bool {
        self.state.is_none()
    }

    /// The state; an empty one for a tombstone, as if nothing had been published.
    pub fn state(&self) -> State {
        self.state.as_ref().map_or_else(State::default, State::from_json)
    }

    /// The state as it was written; `null` for a tombstone.
    pub fn state_json(&self) -> &Json {
        self.state.as_ref().unwrap_or(&Json::Null)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let invalid = || Error::new(ErrorKind::Invalid, format!("{} is no SHA-256 digest", quoted(text)));
        let mut hash = Self::default();
        if text.len() != 64 || !text.is_ascii() {
            return Err(invalid());
        }
        for (byte, digits) in hash.0.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| invalid())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| invalid())?;
        }
        Ok(hash)
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
