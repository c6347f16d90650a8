//! Revisions: immutable, numbered states with author, time and comment, linked by a hash chain.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::json;
use super::state::State;
use super::time::Timestamp;
use crate::error::{Error, ErrorKind, Result, quoted};

/// The format of revisions that this version writes, and the newest one that it reads.
pub const FORMAT: u32 = 1;

/// The maximum size of a stored revision: 4 MiB.
pub const MAX_REVISION_BYTES: usize = 4 << 20;

/// A SHA-256 digest, in text as 64 hexadecimal digits. See [FIPS 180-4].
///
/// [FIPS 180-4]: https://csrc.nist.gov/pubs/fips/180-4/upd1/final
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Hash(pub [u8; 32]);

/// A revision as stored: its bytes verbatim, and the fields by which a store finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The feature's name.
    pub feature: String,
    /// The version, from 1 without gaps.
    pub version: u64,
    /// The revision's random id, by which a writer that lost the reply to a write recognizes its revision.
    pub id: String,
    /// SHA-256 of the previous revision's hash, followed by `bytes`. For the first revision, the previous hash is 32 zero bytes.
    pub hash: Hash,
    /// `true` for a tombstone.
    pub removed: bool,
    /// The revision as JSON text, exactly as written.
    pub bytes: Vec<u8>,
}

/// An immutable, numbered state, with its author, time and comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    header: Header,
    hash: Hash,
    state: Option<Json>,
}

/// The metadata of a revision, in the order in which it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Header {
    /// The format's number; see [`FORMAT`].
    pub format: u32,
    /// The feature's name.
    pub feature: String,
    /// The version, from 1 without gaps.
    pub version: u64,
    /// A random id.
    pub id: String,
    /// The hash of the previous revision.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub previous: Hash,
    /// The author.
    pub author: String,
    /// The comment.
    pub comment: String,
    /// The time of the change.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub time: Timestamp,
}

#[derive(Serialize)]
struct EncodedRevision<'a, S: Serialize> {
    #[serde(flatten)]
    header: &'a Header,
    state: Option<&'a S>,
}

impl Hash {
    /// Computes the hash of a revision: SHA-256 of the previous hash and the revision's bytes.
    pub fn chained(previous: &Hash, bytes: &[u8]) -> Self {
        Self(Sha256::new().chain_update(previous.0).chain_update(bytes).finalize().into())
    }
}

impl Entry {
    /// Encodes a revision. `state` is a [`State`] or its JSON; `None` for a tombstone.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] beyond [`MAX_REVISION_BYTES`].
    pub fn encode<S: Serialize>(header: &Header, state: Option<&S>) -> Result<Self> {
        let bytes = serde_json::to_vec(&EncodedRevision { header, state }).map_err(|error| {
            Error::new(ErrorKind::Invalid, "the state cannot be encoded as JSON").with_source(error)
        })?;
        if bytes.len() > MAX_REVISION_BYTES {
            let message = format!("the state has {} bytes; the maximum is {MAX_REVISION_BYTES}", bytes.len());
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

    /// Creates a placeholder for a revision that a store has lost. It only has a version, and cannot be decoded.
    pub fn missing(feature: impl Into<String>, version: u64) -> Self {
        let (feature, id) = (feature.into(), String::new());
        Self { feature, version, id, hash: Hash::default(), removed: false, bytes: Vec::new() }
    }

    /// Returns `true` if this is a placeholder for a revision that the store has lost.
    pub fn is_missing(&self) -> bool {
        self.bytes.is_empty() && self.id.is_empty()
    }

    /// Restores the entry from its bytes and their hash; `None` if the bytes are not those of a revision.
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

    /// Decodes and verifies the revision: its bytes match the hash, and its content matches the entry.
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`] if the verification fails, if the format is newer than [`FORMAT`], or if the revision is
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
        let Json::Object(mut fields) = json else { return Err(corrupt("it is not a JSON object".to_owned())) };
        let state = fields.remove("state").unwrap_or(Json::Null);
        if let Some(format) = fields.get("format").and_then(Json::as_u64).filter(|format| *format > u64::from(FORMAT)) {
            let message = format!(
                "version {} has format {format}, written by a newer version of feats; this version reads formats up to {FORMAT}",
                self.version
            );
            return Err(Error::new(ErrorKind::Corrupt, message).with_feature(&self.feature));
        }
        let header: Header =
            serde_json::from_value(Json::Object(fields)).map_err(|error| corrupt(error.to_string()))?;
        if header.feature != self.feature || header.version != self.version || header.id != self.id {
            let found = format!("it contains version {} of {}", header.version, quoted(&header.feature));
            return Err(corrupt(found));
        }
        if Hash::chained(&header.previous, &self.bytes) != self.hash {
            return Err(corrupt("its hash does not match its bytes".to_owned()));
        }
        let state = (!state.is_null()).then_some(state);
        if state.is_none() != self.removed {
            return Err(corrupt("its removed flag does not match its state".to_owned()));
        }
        Ok(Revision { header, hash: self.hash, state })
    }
}

impl Revision {
    /// Returns the version, from 1 without gaps.
    pub fn version(&self) -> u64 {
        self.header.version
    }

    /// Returns the feature's name.
    pub fn feature(&self) -> &str {
        &self.header.feature
    }

    /// Returns the author.
    pub fn author(&self) -> &str {
        &self.header.author
    }

    /// Returns the comment.
    pub fn comment(&self) -> &str {
        &self.header.comment
    }

    /// Returns the time of the change.
    pub fn time(&self) -> Timestamp {
        self.header.time
    }

    /// Returns the random id.
    pub fn id(&self) -> &str {
        &self.header.id
    }

    /// Returns the hash of the previous revision; 32 zero bytes for the first one.
    pub fn previous(&self) -> Hash {
        self.header.previous
    }

    /// Returns the hash of this revision, which covers the whole history before it.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Returns `true` for a tombstone.
    pub fn is_removed(&self) -> bool {
        self.state.is_none()
    }

    /// Returns the state; an empty one for a tombstone, as if nothing had been published.
    pub fn state(&self) -> State {
        self.state.as_ref().map_or_else(State::default, State::from_json)
    }

    /// Returns the state as written; `null` for a tombstone.
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
        let invalid = || Error::new(ErrorKind::Invalid, format!("{} is not a SHA-256 digest", quoted(text)));
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
