//! The keys in Consul, all under one base key.
//!
//! A name becomes one segment of a key: letters, digits, `-` and `_` as they are, every other byte as `.` and two hexadecimal
//! digits. A longer name becomes `.h` and its SHA-256, so that no key is longer than about 400 bytes. The values carry the names.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The base key of a handle without a setting.
pub(super) const DEFAULT_BASE: &str = "feats";

/// The maximum size of a base key.
const MAX_BASE_BYTES: usize = 100;

/// The maximum size of a segment with a readable name.
const MAX_SEGMENT_BYTES: usize = 100;

/// The names of all keys.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Keys(String);

impl Keys {
    /// Returns the keys under a base key, or the reason why it is not valid.
    pub(super) fn new(base: &str) -> Result<Self, &'static str> {
        if base.is_empty() || base.len() > MAX_BASE_BYTES {
            return Err("the base key must have 1 to 100 bytes");
        }
        if base.chars().any(char::is_control) {
            return Err("the base key must not contain control characters");
        }
        if base.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            return Err("the base key must not contain an empty segment, `.` or `..`");
        }
        Ok(Self(base.to_owned()))
    }

    pub(super) fn base(&self) -> &str {
        &self.0
    }

    /// Returns the key of the newest changes.
    pub(super) fn head(&self) -> String {
        format!("{}/head", self.0)
    }

    /// Returns the prefix of the keys with the stamps of the newest revisions.
    pub(super) fn all_current(&self) -> String {
        format!("{}/current/", self.0)
    }

    pub(super) fn current(&self, feature: &str) -> String {
        format!("{}/current/{}", self.0, segment(feature))
    }

    /// Returns the prefix of all revisions.
    pub(super) fn all_revisions(&self) -> String {
        format!("{}/revisions/", self.0)
    }

    /// Returns the prefix of the revisions of a feature.
    pub(super) fn revisions(&self, segment: &str) -> String {
        format!("{}/revisions/{segment}/", self.0)
    }

    pub(super) fn revision(&self, segment: &str, version: u64) -> String {
        format!("{}/revisions/{segment}/{version:020}", self.0)
    }

    /// Splits the key of a revision into the segment of its feature and its version.
    pub(super) fn parse_revision<'a>(&self, key: &'a str) -> Option<(&'a str, u64)> {
        let (segment, version) = key.strip_prefix(self.0.as_str())?.strip_prefix("/revisions/")?.split_once('/')?;
        Some((segment, version.parse().ok()?))
    }

    /// Returns the prefix of the records of a kind.
    pub(super) fn records(&self, kind: &str) -> String {
        format!("{}/records/{}/", self.0, segment(kind))
    }

    pub(super) fn record(&self, kind: &str, key: &str) -> String {
        format!("{}{}", self.records(kind), segment(key))
    }
}

/// Encodes a name as one segment of a key.
pub(super) fn segment(name: &str) -> String {
    let mut segment = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            segment.push(char::from(byte));
        } else {
            let _ = write!(segment, ".{byte:02x}");
        }
    }
    if segment.is_empty() {
        return ".".to_owned() + "empty";
    }
    if segment.len() <= MAX_SEGMENT_BYTES {
        return segment;
    }
    Sha256::digest(name).iter().fold(".h".to_owned(), |mut segment, byte| {
        let _ = write!(segment, "{byte:02x}");
        segment
    })
}

/// Decodes a segment; `None` if it contains a digest, or is not the output of [`segment`].
pub(super) fn name(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut parts = segment.split('.');
    bytes.extend(parts.next()?.bytes());
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend(part.get(2..)?.bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_names_have_different_segments_of_safe_characters() {
        let names = ["Pay", "pay", "a/b", "a.b", ".", "..", "a.2fb", "ä", " ", "a b", "my_feature", "empty", "%41"];
        let mut segments: Vec<String> = names.iter().map(|name| segment(name)).collect();
        for (segment, original) in segments.iter().zip(names) {
            assert!(segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{segment}");
            assert!(!segment.contains(".."), "{segment}");
            assert_eq!(name(segment).as_deref(), Some(original));
        }
        segments.push(segment(""));
        let count = segments.len();
        segments.sort();
        segments.dedup();
        assert_eq!(segments.len(), count);
    }

    #[test]
    fn long_names_have_short_segments() {
        let [one, two] = ["𝄞".repeat(200), "𝄞".repeat(199) + "x"].map(|name| segment(&name));
        assert_eq!((one.len(), two.len()), (66, 66));
        assert_ne!(one, two);
        assert_eq!(name(&one), None);
    }

    #[test]
    fn the_key_of_a_revision_is_parsed() {
        let keys = Keys::new("a/b").unwrap();
        assert_eq!(keys.parse_revision(&keys.revision("Pay", 7)), Some(("Pay", 7)));
        assert_eq!(keys.parse_revision("a/revisions/Pay/7"), None);
    }

    #[test]
    fn a_base_key_that_a_path_cannot_express_is_refused() {
        for base in ["", "/a", "a/", "a//b", ".", "a/../b", "a\nb"] {
            assert!(Keys::new(base).is_err(), "{base:?}");
        }
        assert!(Keys::new(&"a".repeat(101)).is_err());
        for base in ["a", "a/b c", "ü?&#%", "..a"] {
            assert!(Keys::new(base).is_ok(), "{base:?}");
        }
    }
}
