//! The encodings of the values in Consul.
//!
//! A revision and a record are one line of JSON, then the content: verbatim, or compressed with LZ4 if that saves something and the
//! content is not small. The stamp of a newest revision is JSON.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::{Entry, Timestamp};
use crate::store::{Record, RevisionStamp};

/// The size up to which a content is kept verbatim, so that operators can read it.
const MAX_VERBATIM_BYTES: usize = 16 << 10;

/// The maximum size of a content, which limits the memory for decompression.
const MAX_CONTENT_BYTES: usize = 16 << 20;

/// The first line of a value.
#[derive(Serialize, Deserialize)]
struct Line<T> {
    #[serde(flatten)]
    header: T,
    /// The size of the content before it was compressed with LZ4. None if it is verbatim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uncompressed_bytes: Option<usize>,
}

/// The first line of a revision.
#[derive(Serialize, Deserialize)]
struct RevisionHeader {
    feature: String,
    version: u64,
    id: String,
    hash: String,
    #[serde(default)]
    removed: bool,
}

/// The first line of a record.
#[derive(Serialize, Deserialize)]
struct RecordHeader {
    key: String,
    /// The time in milliseconds at which it expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<i64>,
}

/// The newest revision of a feature.
#[derive(Serialize, Deserialize)]
struct Current {
    feature: String,
    version: u64,
    hash: String,
}

pub(super) fn encode_entry(entry: &Entry) -> Vec<u8> {
    let Entry { feature, version, id, hash, removed, bytes } = entry;
    let header = RevisionHeader {
        feature: feature.clone(),
        version: *version,
        id: id.clone(),
        hash: hash.to_string(),
        removed: *removed,
    };
    with_header(header, bytes)
}

/// Decodes a revision; `None` if the value is not the output of [`encode_entry`].
pub(super) fn decode_entry(value: &[u8]) -> Option<Entry> {
    let (header, bytes): (RevisionHeader, _) = split_header(value)?;
    let RevisionHeader { feature, version, id, hash, removed } = header;
    Some(Entry { feature, version, id, hash: hash.parse().ok()?, removed, bytes })
}

pub(super) fn encode_current(entry: &Entry) -> Vec<u8> {
    let Entry { feature, version, hash, .. } = entry;
    json(&Current { feature: feature.clone(), version: *version, hash: hash.to_string() })
}

/// Decodes the name of a feature and the stamp of its newest revision; `None` if the value is not the output of
/// [`encode_current`].
pub(super) fn decode_current(value: &[u8]) -> Option<(String, RevisionStamp)> {
    let Current { feature, version, hash } = serde_json::from_slice(value).ok()?;
    Some((feature, RevisionStamp { version, hash: hash.parse().ok()? }))
}

pub(super) fn encode_record(key: &str, bytes: &[u8], expires: Option<Timestamp>) -> Vec<u8> {
    with_header(RecordHeader { key: key.to_owned(), expires: expires.map(Timestamp::as_millis) }, bytes)
}

/// Decodes a record and the time at which it expires; `None` if the value is not the output of [`encode_record`].
pub(super) fn decode_record(value: &[u8]) -> Option<(Record, Option<Timestamp>)> {
    let (RecordHeader { key, expires }, bytes) = split_header(value)?;
    Some((Record { key, bytes }, expires.map(Timestamp::from_millis)))
}

/// Encodes a value as JSON. Writing these types to memory cannot fail.
pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn with_header(header: impl Serialize, bytes: &[u8]) -> Vec<u8> {
    let (uncompressed_bytes, content) = compress(bytes);
    let mut value = json(&Line { header, uncompressed_bytes });
    value.push(b'\n');
    value.extend_from_slice(&content);
    value
}

fn split_header<T: DeserializeOwned>(value: &[u8]) -> Option<(T, Vec<u8>)> {
    let line = value.iter().position(|byte| *byte == b'\n')?;
    let Line { header, uncompressed_bytes } = serde_json::from_slice(value.get(..line)?).ok()?;
    let content = value.get(line + 1..)?;
    let content = match uncompressed_bytes {
        Some(length) if length > MAX_CONTENT_BYTES => return None,
        Some(length) => lz4_flex::block::decompress(content, length).ok().filter(|content| content.len() == length)?,
        None => content.to_vec(),
    };
    Some((header, content))
}

/// Returns the size before compression if the content is compressed, and the content.
fn compress(bytes: &[u8]) -> (Option<usize>, Cow<'_, [u8]>) {
    if (MAX_VERBATIM_BYTES..=MAX_CONTENT_BYTES).contains(&bytes.len()) {
        let compressed = lz4_flex::block::compress(bytes);
        if compressed.len() < bytes.len() {
            return (Some(bytes.len()), compressed.into());
        }
    }
    (None, bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::damaged::damaged_entry;

    #[test]
    fn values_are_decoded_as_they_were_encoded() {
        let random: Vec<u8> = std::iter::repeat_with(|| fastrand::u8(..)).take(100_000).collect();
        for bytes in [&b""[..], b"\n", b"\0\xff{}", &[b'x'; 1 << 20], &random] {
            let entry = Entry {
                removed: true,
                id: "i\n".to_owned(),
                bytes: bytes.to_vec(),
                ..damaged_entry("Ä\"\n", 1 << 60, b"")
            };
            assert_eq!(decode_entry(&encode_entry(&entry)).as_ref(), Some(&entry));
            let (feature, stamp) = decode_current(&encode_current(&entry)).unwrap();
            assert_eq!((feature, stamp), (entry.feature.clone(), RevisionStamp::after(&entry)));
            let expires = Some(Timestamp::from_millis(1));
            let record = Record { key: "k\n".to_owned(), bytes: bytes.to_vec() };
            assert_eq!(decode_record(&encode_record("k\n", bytes, expires)), Some((record, expires)));
        }
        assert!(encode_record("k", &[b'x'; 1 << 20], None).len() < 10_000);
        let huge = format!("{{\"key\":\"k\",\"uncompressed_bytes\":{}}}\n", MAX_CONTENT_BYTES + 1);
        assert!(decode_record(huge.as_bytes()).is_none());
        assert!(decode_entry(b"").is_none() && decode_entry(b"{}\n").is_none());
    }
}
